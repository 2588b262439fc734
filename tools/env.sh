#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints what a shell needs for qgis_process.bin to find this checkout; use: eval "$(make -s env)"
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf 'export %s=%q\n' \
  QGIS_CUSTOM_CONFIG_PATH "$PWD/.cache/qgis" \
  QGIS_PLUGINPATH "$PWD/.cache/plugins" \
  METOCEAN_PACKAGES "$packages" \
  QT_QPA_PLATFORM offscreen
