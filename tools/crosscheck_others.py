# SPDX-License-Identifier: GPL-2.0-or-later
"""The other side of crosscheck.py: what satpy and xsar make of a product, in an environment of their own.

``python crosscheck_others.py SAFE ROWS.npy OUT.npz``: ``ROWS.npy`` holds the numbers of rows of cells, ten
lines each, in runs of neighbours; ``OUT.npz`` gets ``satpy_sigma0_raw`` and so on, (rows, cells across).
"""

from __future__ import annotations

import sys
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import xarray as xr
import xsar
from satpy.readers.sar_c_safe import Calibrator, Denoiser, SAFEXMLAnnotation
from xsarsea.windspeed import get_model

CELL = 10
# The sea that roughness is relative to.
WIND_MS, AZIMUTH_DEG = 10.0, 45.0
# What satpy's file handlers want to know beside the file; the time is not used.
FILE_INFO = {"start_time": datetime(2000, 1, 1), "end_time": datetime(2000, 1, 1), "polarization": "vv"}


def by_xsar(safe: Path, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Linear sigma0 with noise left in and removed, incidence in degrees, roughness by xsarsea's CMOD5.N."""
    dataset = xsar.Sentinel1Dataset(str(safe), resolution={"line": CELL, "sample": CELL})
    names = ["sigma0_raw", "sigma0", "incidence"]
    measured = dataset.datatree["measurement"].to_dataset()[names].sel(pol="VV").isel(line=rows).compute()
    found = {name: measured[name].values.astype(float) for name in names}
    angles, places = np.unique(found["incidence"], return_inverse=True)
    model = get_model("gmf_cmod5n")(angles, np.array([WIND_MS]), np.array([AZIMUTH_DEG]), broadcast=False)
    reference = np.asarray(model).reshape(-1)[places].reshape(found["incidence"].shape)
    return {**found, "roughness": found["sigma0"] / reference}


def by_satpy(safe: Path, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Linear sigma0 with noise left in and removed, and incidence in degrees."""
    image = next((safe / "measurement").glob("*-vv-*"))
    tables = safe / "annotation" / "calibration"
    annotation = SAFEXMLAnnotation(safe / "annotation" / f"{image.stem}.xml", FILE_INFO, None)
    settings = {"filename_info": FILE_INFO, "filetype_info": None, "image_shape": annotation.image_shape}
    calibrate = Calibrator(tables / f"calibration-{image.stem}.xml", **settings)
    denoise = Denoiser(tables / f"noise-{image.stem}.xml", **settings)
    numbers = xr.open_dataarray(image, engine="rasterio", chunks={"y": 20 * CELL, "x": -1}).squeeze(drop=True)
    numbers = numbers.assign_coords(x=np.arange(numbers.sizes["x"]), y=np.arange(numbers.sizes["y"]))
    chunks, power = numbers.data.chunksize, numbers.astype(np.float64) ** 2
    quantities = {
        "sigma0_raw": calibrate(power, "sigma_nought", chunks),
        "sigma0": calibrate(denoise(power, chunks), "sigma_nought", chunks),
        "incidence": annotation.get_incidence_angle(chunks=chunks),
    }
    return {name: cells(values, rows) for name, values in quantities.items()}


def cells(pixels: xr.DataArray, rows: np.ndarray) -> np.ndarray:
    """Return means of the cells in some rows."""
    columns = pixels.sizes["x"] // CELL
    runs = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    parts = []
    for run in runs:
        part = pixels.isel(y=slice(run[0] * CELL, (run[-1] + 1) * CELL), x=slice(0, columns * CELL)).values
        parts.append(part.reshape(run.size, CELL, columns, CELL).mean(axis=(1, 3)))
    return np.concatenate(parts)


def main() -> None:
    """Store what both find."""
    safe, rows, target = Path(sys.argv[1]), np.load(sys.argv[2]), sys.argv[3]
    found = {"xsar": by_xsar(safe, rows), "satpy": by_satpy(safe, rows)}
    versions = {"xsar_version": xsar.__version__, "satpy_version": version("satpy")}
    arrays = {f"{code}_{name}": values for code, them in found.items() for name, values in them.items()}
    np.savez(target, **versions, **arrays)


if __name__ == "__main__":
    main()
