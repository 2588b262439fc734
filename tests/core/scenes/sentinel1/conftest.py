# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated products that several modules look into: a plain one, and one as irregular as real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from metocean.core.files.xml_file import load
from metocean.core.geometry.projections import spatial_reference, transform
from metocean.core.scenes.sentinel1.tables import PointGrid, read_grid
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.measurement import SeaSigma0
from metocean.training.simulator.product.options import IRREGULAR, NoiseFormat, Product
from metocean.training.simulator.product.safe import write_safe
from metocean.training.simulator.product.tables import LookUpTables
from safe_xml import field

# As large as an IW product, in pixels of 400 m: positions err as in real ones, and few pixels are written.
SHAPE, PIXEL_M = (420, 630), 400.0


@dataclass(frozen=True)
class Written:
    """A product, its geometry, and the tables that its annotation was written from."""

    safe: Path
    imaging: Imaging
    tables: LookUpTables

    def grid(self) -> PointGrid:
        """What the reader makes of its geolocation grid."""
        return read_grid(load(str(next((self.safe / "annotation").glob("*.xml")))))

    def sea_at(self, georeference, lines, samples):
        """Where the sea is that pixels show, in the coordinates of a georeference: (lines, samples) each."""
        found = self.imaging.locate(lines, samples)
        own = spatial_reference(georeference.wkt)
        places = transform(
            spatial_reference("EPSG:4326"), own, found.longitude_deg.ravel(), found.latitude_deg.ravel()
        )
        return [values.reshape(found.longitude_deg.shape) for values in places]


@pytest.fixture
def written(tmp_path):
    """A function that writes a product of 420 x 630 pixels of 400 m, irregular in all that can be."""

    def write(acquisition=None, noise=NoiseFormat.RANGE_AND_AZIMUTH, irregularities=IRREGULAR):
        acquisition = acquisition or Acquisition()
        product = Product(PIXEL_M, noise=noise, irregularities=irregularities)
        safe = write_safe(tmp_path, SeaSigma0(np.full(SHAPE, 0.05), PIXEL_M), acquisition, product)
        imaging = Imaging.from_acquisition(acquisition, SHAPE, PIXEL_M)
        return Written(safe, imaging, LookUpTables.from_imaging(imaging, noise, irregularities))

    return write


@pytest.fixture(scope="session")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    product = Product(polarisations=("VV", "VH"), seed=5)
    return write_safe(tmp_path_factory.mktemp("safe"), field(), product=product)
