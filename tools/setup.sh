#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prepares a checkout on Debian 12: system packages, a virtual environment, a QGIS profile of its own.
# Everything but the system packages stays in .venv and .cache. May be run again: does only what is missing.
# To get torch's CPU build where the default index has only the CUDA one, set PIP_EXTRA_INDEX_URL as PyTorch says.
set -euo pipefail
cd "$(dirname "$0")/.."
# Standard output belongs to `make env`.
exec >&2

debian_packages=(
  qgis python3-qgis python3-gdal gdal-bin python3-venv python3-scipy python3-matplotlib
)
system_python=/usr/bin/python3

install_debian_packages() {
  local missing=() package
  for package in "${debian_packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing ${missing[*]} ..."
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Run as root: apt-get install ${missing[*]}"; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# QGIS's Python brings numpy, scipy, matplotlib and GDAL. pip must leave them alone: gdal_array is built against
# that numpy, and a newer one would crash QGIS. So each is constrained to the version that is there.
make_environment() {
  echo "Installing the checkout and the extras training and dev of pyproject.toml into .venv ..."
  [ -x .venv/bin/python ] || "$system_python" -m venv --system-site-packages .venv
  "$system_python" - > .venv/constraints.txt <<'PYTHON'
from importlib.metadata import version
for name in ("numpy", "scipy", "matplotlib"):
    print(f"{name}=={version(name)}")
PYTHON
  .venv/bin/python -m pip install -q -c .venv/constraints.txt -e '.[training,dev]'
}

make_profile() {
  mkdir -p .cache/plugins .cache/qgis/profiles/default/QGIS
  ln -sfn ../.. .cache/plugins/metocean
  local settings=.cache/qgis/profiles/default/QGIS/QGIS3.ini
  [ -e "$settings" ] || printf '[PythonPlugins]\nmetocean=true\n' > "$settings"
}

install_debian_packages
make_environment
make_profile
