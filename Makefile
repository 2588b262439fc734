# `make help` lists the targets. All paths are relative: the checkout may lie anywhere, under any name.
SHELL := /bin/bash
python := .venv/bin/python
ready := .venv/ready
export QT_QPA_PLATFORM := offscreen

.PHONY: help setup env demo docs screenshots benchmark bench crosscheck test reliability lint format clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1: /p' Makefile

setup: $(ready) .cache/plugins/metocean ## install what is missing, here and (Debian packages) on the system

$(ready): pyproject.toml tools/setup.sh
	@bash tools/setup.sh
	@touch $@

# The profile may be thrown away without the packages.
.cache/plugins/metocean: | $(ready)
	@bash tools/setup.sh

env: setup ## print what a shell needs: eval "$$(make -s env)"
	@bash tools/env.sh

demo: setup ## segment a simulated scene, or SCENE=/path, with the real qgis_process, and draw the result
	@eval "$$(bash tools/env.sh)"; $(python) tools/demo.py $(if $(SCENE),--scene "$(SCENE)")

docs: setup ## write docs/algorithms.md and docs/help from the algorithms themselves
	@$(python) tools/algorithm_pages.py

screenshots: demo ## take the pictures of docs/tutorial anew, in the real QGIS desktop on a screen that nobody sees
	@bash tools/screenshots.sh

benchmark: setup ## the paper's tables and figures on simulated images, in hours; QUICK=1: in minutes; WORK=folder to go on from
	@$(python) -m metocean.training.benchmark --work $(or $(WORK),runs/benchmark) --out docs/benchmark $(if $(QUICK),--quick)

bench: setup ## speed and memory against the goals, on an idle machine: docs/bench.md; QUICK=1: a smoke test, .cache/bench.md
	@eval "$$(bash tools/env.sh)"; $(python) -m metocean.training.speed --out $(if $(QUICK),.cache/bench --quick,docs/bench)

crosscheck: setup ## compare with satpy and xsar: docs/crosscheck.md from the zipped GRD products of METADATA=folder
	@[ -n "$(METADATA)" ] || { echo "Name a folder of zipped GRD products: make crosscheck METADATA=folder"; exit 1; }
	@$(MAKE) -s .cache/crosscheck/ready
	@$(python) tools/crosscheck.py --metadata "$(METADATA)" --python .cache/crosscheck/bin/python --out docs/crosscheck.md

# They need numpy 2, which QGIS's GDAL does not bear. GDAL's own Python package, which xsar names and never imports,
# would have to be compiled.
.cache/crosscheck/ready: tools/crosscheck-requirements.txt
	@/usr/bin/python3 -m venv .cache/crosscheck
	@.cache/crosscheck/bin/python -m pip install -q -r $<
	@.cache/crosscheck/bin/python -m pip install -q --no-deps xsar==2026.8.31
	@touch $@

test: setup lint ## every check and test, unattended; prints the coverage of core and models
	@$(python) -m pytest -q --cov --cov-report=term

reliability: setup ## kill qgis_process KILLS times at random (30 where nobody says), stop it, fill its disk: docs/reliability.md
	@KILLS=$(or $(KILLS),30) $(python) -m pytest -q tests/qgis/test_interrupted.py tests/core/files

lint: setup ## style and types
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy

format: setup ## put the code into the project's style
	@$(python) -m ruff format .
	@$(python) -m ruff check --fix .

clean: ## remove what was built, all but the environment
	rm -rf .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
