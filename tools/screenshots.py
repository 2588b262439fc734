# SPDX-License-Identifier: GPL-2.0-or-later
"""What a reader of docs/tutorial.md does, done inside the QGIS desktop: each step ends with a picture.

Run by `tools/screenshots.sh` as QGIS's ``--code``. A step acts and yields how many seconds, or what, to wait
for: QGIS goes on in between, as dialogs, background tasks and the map need its event loop.
"""

import os
import sys
import time
import traceback
from pathlib import Path

import processing
from metocean.ui.algorithms.segment import ROUGHNESS, UNCERTAINTY
from qgis.core import QgsProject, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtGui import QTextCursor
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QLineEdit, QTextEdit, QTreeView, QWidget
from qgis.utils import iface
from small_picture import make_small

SCENE = os.environ["METOCEAN_SCENE"]
PICTURES = Path(os.environ["METOCEAN_PICTURES"])
WINDOW, DIALOG, MANAGER = QSize(1240, 690), QSize(980, 760), QSize(900, 560)
LAYERS_PX = 330
TICK_MS, PATIENCE_S = 200, 180.0
# Of the classes, so that the radar image shows through.
OPACITY = 0.5


def save(widget: QWidget, name: str) -> None:
    """Write a picture of a window."""
    path = PICTURES / f"{name}.png"
    widget.grab().save(str(path))
    make_small(path, map_box())
    print(path, path.stat().st_size, flush=True)


def map_box() -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the map in the main window."""
    canvas = iface.mapCanvas()
    corner = canvas.mapTo(iface.mainWindow(), canvas.rect().topLeft())
    return corner.x(), corner.y(), corner.x() + canvas.width(), corner.y() + canvas.height()


def dock(name: str) -> QDockWidget:
    """Return a panel of the main window."""
    return iface.mainWindow().findChild(QDockWidget, name)


def layer(title: str):
    """Return the node of a layer of the result."""
    nodes = QgsProject.instance().layerTreeRoot().findLayers()
    return next(node for node in nodes if node.name().startswith(title))


def drawn() -> bool:
    """Tell whether the map is as the layers are."""
    return not iface.mapCanvas().isDrawing()


def steps():
    """Act as the tutorial says."""
    window = iface.mainWindow()
    window.resize(WINDOW)
    window.move(0, 0)
    yield 4.0
    yield from find_the_plugin()
    yield from find_the_algorithm()
    yield from run_it()
    yield from look_at_it()


def find_the_plugin():
    """Open the plugin manager, whose window waits: it is asked for once this step has ended."""
    QTimer.singleShot(0, iface.actionManagePlugins().trigger)
    yield QApplication.activeModalWidget
    manager = QApplication.activeModalWidget()
    manager.resize(MANAGER)
    filter_box = next(box for box in manager.findChildren(QLineEdit) if box.isVisible())
    filter_box.setText("Metocean")
    yield 1.5
    save(manager, "1-plugin")
    manager.reject()
    yield 1.0


def find_the_algorithm():
    """Show the toolbox beside an empty map."""
    iface.newProject()
    toolbox = dock("ProcessingToolbox")
    toolbox.show()
    yield 1.0
    toolbox.findChild(QLineEdit).setText("metocean")
    tree = toolbox.findChild(QTreeView)
    tree.expandAll()
    yield 1.0
    tree.keyboardSearch("Segment metocean")
    yield 1.0
    save(iface.mainWindow(), "2-toolbox")


def run_it():
    """Fill the dialog in, run, and show what the log says."""
    parameters = {"INPUT": SCENE, ROUGHNESS: "TEMPORARY_OUTPUT", UNCERTAINTY: "TEMPORARY_OUTPUT"}
    dialog = processing.createAlgorithmDialog("metocean:segment", parameters)
    dialog.show()
    dialog.resize(DIALOG)
    yield 2.0
    save(dialog, "3-dialog")
    dialog.runButton().click()
    yield lambda: len(QgsProject.instance().mapLayers()) > 11 and dialog.runButton().isEnabled()
    yield 1.0
    dialog.showLog()
    log = max(dialog.findChildren(QTextEdit), key=lambda text: len(text.toPlainText()))
    log.moveCursor(QTextCursor.Start)
    yield 1.0
    save(dialog, "4-log")
    dialog.close()


def look_at_it():
    """Show the map, the sea as the radar saw it, both together, one probability, and what is uncertain."""
    dock("ProcessingToolbox").hide()
    dock("Browser").hide()
    iface.mainWindow().resizeDocks([dock("Layers")], [LAYERS_PX], Qt.Horizontal)
    iface.messageBar().clearWidgets()
    yield 1.0
    iface.mapCanvas().zoomToFullExtent()
    yield from picture("5-classes")
    layer("Classes").setItemVisibilityChecked(False)
    yield from picture("6-roughness")
    sea = layer("Roughness").layer()
    iface.mapCanvas().setExtent(iface.mapCanvas().mapSettings().layerExtentToOutputExtent(sea, part_of(sea)))
    layer("Classes").setItemVisibilityChecked(True)
    layer("Classes").layer().setOpacity(OPACITY)
    yield from picture("7-both")
    for title, name in (("WS", "8-probability"), ("Uncertainty", "9-uncertainty")):
        layer("Classes").setItemVisibilityChecked(False)
        layer(title).setItemVisibilityChecked(True)
        layer("Roughness").setItemVisibilityChecked(title != "Uncertainty")
        yield from picture(name)
        layer(title).setItemVisibilityChecked(False)


def part_of(sea: QgsRasterLayer) -> QgsRectangle:
    """Return a part of the scene in which several processes meet."""
    extent = sea.extent()
    width, height = extent.width(), extent.height()
    x, y = extent.xMinimum() + 0.1 * width, extent.yMinimum() + 0.15 * height
    return QgsRectangle(x, y, x + 0.45 * width, y + 0.45 * height)


def picture(name: str):
    """Wait until the map is drawn, and save the main window."""
    iface.mapCanvas().refresh()
    yield 1.5
    yield drawn
    save(iface.mainWindow(), name)


def go_on(story) -> None:
    """Do the next step when what the last one waits for is there."""
    try:
        wait = next(story)
    except StopIteration:
        return finish(0)
    except Exception:
        traceback.print_exc()
        return finish(1)
    if callable(wait):
        return until(wait, time.monotonic() + PATIENCE_S, story)
    return QTimer.singleShot(int(1000 * wait), lambda: go_on(story))


def until(condition, deadline: float, story) -> None:
    """Look again and again whether a condition holds."""
    if condition() or time.monotonic() > deadline:
        return go_on(story)
    return QTimer.singleShot(TICK_MS, lambda: until(condition, deadline, story))


def finish(code: int) -> None:
    """Leave QGIS at once: it would ask whether to save the project, and nobody would answer."""
    sys.stdout.flush()
    os._exit(code)


PICTURES.mkdir(parents=True, exist_ok=True)
QTimer.singleShot(3000, lambda: go_on(steps()))
