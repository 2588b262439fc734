# SPDX-License-Identifier: GPL-2.0-or-later
"""XML from elsewhere is limited before it is parsed."""

from __future__ import annotations

import os
import tracemalloc

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.files.xml_file import load, parse


def test_a_small_file_of_millions_of_elements_takes_no_memory(tmp_path):
    (tmp_path / "a.xml").write_text("<r>" + "<a/>" * 3_000_000 + "</r>")
    tracemalloc.start()
    with pytest.raises(InputError, match="more elements"):
        load(str(tmp_path / "a.xml"))
    assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    tracemalloc.stop()


def test_many_attributes_count_as_elements_do():
    with pytest.raises(InputError, match="more elements"):
        parse("<r " + " ".join(f'a{i}=""' for i in range(2_000_001)) + "/>", "a.xml")


def test_deep_elements_are_walked_in_the_order_of_the_document():
    root = parse("<r>" + "<a>" * 5000 + "</a>" * 5000 + "<b><c/></b><d/></r>", "a.xml")
    assert [node.name for node in root.walk()][4999:] == ["a", "b", "c", "d"]


def test_deeper_ones_are_refused():
    with pytest.raises(InputError, match="well-formed"):
        parse("<a>" * 200_000, "a.xml")


@pytest.mark.parametrize("text", ["1_000", "٣", "1 2_0", "nan", "inf", "0x10", "", "1,5", "1 2 x"])
def test_numbers_are_those_of_xml(text):
    with pytest.raises(InputError, match="no valid numbers in n"):
        parse(f"<r><n>{text}</n></r>", "a.xml").numbers("n")


def test_numbers_as_processors_write_them():
    node = parse("<r><n> 1 -2.5\n+3e2\t4.E-01 </n></r>", "a.xml")
    np.testing.assert_array_equal(node.numbers("n", 4), [1, -2.5, 300, 0.4])


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "folder.xml").mkdir()
    (tmp_path / "loop.xml").symlink_to(tmp_path / "loop.xml")
    for name, words in (("pipe", "pipe or a device"), ("folder", "is a folder"), ("loop", "is missing")):
        with pytest.raises(InputError, match=words):
            load(str(tmp_path / f"{name}.xml"))
