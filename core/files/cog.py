# SPDX-License-Identifier: GPL-2.0-or-later
"""Cloud-optimised GeoTIFFs: rasters that are read from afar, part by part and at any scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from osgeo import gdal

from ..errors import OutputError
from ..feedback import Callback, Feedback, Part, step_of
from .gdal_calls import attempt
from .pam import pam_enabled
from .raster import open_raster, output_errors

# Of the progress of writing rasters, what writing them plainly takes: each is written twice, as the driver
# copies a finished raster and cannot be filled band by band.
_PLAIN = 0.5
# With PREDICTOR=YES the driver takes the one that suits the type: of integers, or of floating-point numbers.
_OPTIONS = ("COMPRESS=DEFLATE", "PREDICTOR=YES", "BIGTIFF=IF_SAFER")


@contextmanager
def cog_afterwards(wanted: bool, paths: Sequence[str], feedback: Feedback) -> Iterator[Feedback]:
    """Give feedback for the writing of ``paths``, and then `cloud_optimise` them if that is wanted."""
    if not wanted:
        yield feedback
        return
    yield Part(feedback, 0.0, _PLAIN)
    cloud_optimise(paths, Part(feedback, _PLAIN, 1.0))


def cloud_optimise(paths: Sequence[str], feedback: Feedback) -> None:
    """Rewrite finished GeoTIFFs in place, with all that is in them and beside them, as cloud-optimised ones.

    Their overviews are means, or of classes the most frequent. Changing a raster afterwards would undo it.

    Raises
    ------
    OutputError
        GDAL is older than 3.1, or the disk is full.
    Cancelled
        When ``feedback`` says so; the file it was at is lost.
    """
    if gdal.GetDriverByName("COG") is None:
        raise OutputError(
            "This GDAL cannot write cloud-optimised GeoTIFFs: update it, or do without.", option="cog"
        )
    for done, path in enumerate(paths):
        _cloud_optimise(path, step_of(feedback, done, len(paths)))


def _cloud_optimise(path: str, feedback: Feedback) -> None:
    # With the driver's help the files beside a raster, such as its categories, go with it.
    files, plain = gdal.GetDriverByName("GTiff"), f"{path}.plain.tif"
    with output_errors(path), pam_enabled():
        if attempt(files.Rename, plain, path) != gdal.CE_None:
            raise OSError(gdal.GetLastErrorMsg())
        source = open_raster(plain)
        # Only classes are bytes. The mean of two of them would be a third one that is not there.
        by = "MODE" if source.GetRasterBand(1).DataType == gdal.GDT_Byte else "AVERAGE"
        options = [*_OPTIONS, f"OVERVIEW_RESAMPLING={by}"]
        progress = Callback(feedback)
        done = attempt(gdal.Translate, path, source, format="COG", creationOptions=options, callback=progress)
        # First, whether the user stopped it: to GDAL that is a failure like any other.
        progress.check()
        if done is None:
            raise OSError(gdal.GetLastErrorMsg())
        done.FlushCache()
        # Windows removes no open file.
        del done, source
        files.Delete(plain)
