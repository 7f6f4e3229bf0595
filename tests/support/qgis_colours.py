"""Print, as JSON, the colour of a place on each map of a QGIS project; run by the Python of QGIS.

Run:  QT_QPA_PLATFORM=offscreen /usr/bin/python3 tests/support/qgis_colours.py PROJECT X Y
"""

import json
import sys

from qgis.core import QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QSize


def colour_at(layer, x, y):
    """Colour (#rrggbb) that QGIS draws at a place, or nothing where it draws nothing."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setBackgroundColor(settings.backgroundColor().fromRgb(0, 0, 0, 0))
    settings.setExtent(QgsRectangle(x - 1, y - 1, x + 1, y + 1))
    settings.setOutputSize(QSize(9, 9))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    drawn = job.renderedImage().pixelColor(4, 4)
    return drawn.name() if drawn.alpha() else None


path, x, y = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
assert project.read(path), f"{path}: QGIS cannot read it"
layers = project.mapLayers().values()
found = {layer.name(): colour_at(layer, x, y) if layer.isValid() else "no valid layer" for layer in layers}
print(json.dumps({"title": project.title(), "crs": project.crs().authid(), "colours": found}))
