# SPDX-License-Identifier: GPL-2.0-or-later
"""Shards made of published data sets, and what is written beside them."""

from __future__ import annotations

import json

from metocean.training.data.pool import open_folders
from metocean.training.data.readers.importing import import_folder


def shards(folder, cache, part="train"):
    """Import a part of a data set, with its shards in ``cache``, and open them."""
    return open_folders(import_folder(folder, cache, part))


def meta(shard):
    return json.loads((shard.path / "meta.json").read_text())
