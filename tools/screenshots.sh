#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the pictures of docs/tutorial: the real QGIS desktop does what the tutorial says, on a virtual screen.
# Wants the scene that `make demo` simulates; `make screenshots` makes it first.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v Xvfb >/dev/null || { echo "Xvfb is missing: apt-get install xvfb"; exit 1; }
scene=$(find .cache/demo -maxdepth 2 -name '*.SAFE' | head -n 1)
[ -n "$scene" ] || { echo "There is no simulated scene: make demo"; exit 1; }

# Paths show in the pictures, so they are such as a reader could have. The profile is new, as a reader's is.
home=$(mktemp -d)
trap 'kill "${screen:-}" 2>/dev/null || true; rm -rf "$home"' EXIT
profile=$home/profile/profiles/default/QGIS
mkdir -p "$profile" "$home/plugins" "$home/scenes"
ln -s "$PWD/$scene" "$home/scenes/"
ln -s "$PWD" "$home/plugins/metocean"
cat > "$profile/QGIS3.ini" <<'INI'
[PythonPlugins]
metocean=true
processing=true
[qgis]
checkVersion=false
showTips322=false
[locale]
overrideFlag=true
userLocale=en_US
INI

eval "$(bash tools/env.sh)"
export QGIS_CUSTOM_CONFIG_PATH=$home/profile QGIS_PLUGINPATH=$home/plugins QT_QPA_PLATFORM=xcb
export METOCEAN_SCENE=$home/scenes/$(basename "$scene") METOCEAN_PICTURES=$PWD/docs/tutorial
export PYTHONPATH=$PWD/tools LIBGL_ALWAYS_SOFTWARE=1 HOME=$home XDG_RUNTIME_DIR=$home

# The server chooses a free number and writes it down once it can be used.
exec {number}<> <(:)
Xvfb -displayfd "$number" -screen 0 1400x900x24 -nolisten tcp >/dev/null 2>&1 &
screen=$!
read -r -t 30 -u "$number" display
DISPLAY=:$display timeout 600 qgis.bin --nologo --noversioncheck --code "$PWD/tools/screenshots.py"
ls -l "$METOCEAN_PICTURES"
