# SPDX-License-Identifier: GPL-2.0-or-later
"""Complex products, written as ESA writes them, of a sea of known roughness seen from a known orbit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from metocean.core.cmod5n import reference_sigma0
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.orbit import angle_deg, geodetic, normal, unit
from rasters import write_complex_geotiff

START = datetime(2021, 6, 15, 7, 2, 11)
NOISE, POWER_OVER_REFERENCE, TARGET = 500.0, 1.5, 20_000


@dataclass(frozen=True)
class Mode:
    """A kind of complex image: its spacings and incidence, and its bursts.

    ``starts`` are their first lines in the order of time, ``valid_lines`` the first valid line and their end.
    """

    name: str
    near_incidence_deg: float
    along_m: float
    slant_m: float
    samples: int
    lines_per_burst: int
    starts: tuple[int, ...] = ()
    valid_lines: tuple[int, int] = (0, 0)

    @property
    def lines(self) -> int:
        """Lines that the raster stores."""
        return self.lines_per_burst * max(1, len(self.starts))


WAVE = Mode("WV", 23.0, 4.1, 1.7, 900, 900)
SCAN = Mode("IW", 31.0, 13.9, 2.33, 900, 120, starts=(0, 95, 190), valid_lines=(6, 114))


@dataclass(frozen=True)
class Geometry:
    """Where the pixels of a complex image lie; ``times`` (stored lines) count lines from the first one's."""

    mode: Mode
    imaging: Imaging
    times: np.ndarray

    @classmethod
    def of(cls, mode: Mode) -> Geometry:
        """Plan an orbit."""
        acquisition = Acquisition(near_incidence_deg=mode.near_incidence_deg)
        imaging = Imaging.from_acquisition(acquisition, (400, 100), mode.along_m)
        block = np.arange(mode.lines_per_burst)
        return cls(mode, imaging, np.concatenate([block + start for start in mode.starts or (0,)]))

    def locate(self, times: np.ndarray, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return latitude, longitude and incidence, (times, samples)."""
        seconds = (times[:, None] - 200) * self.imaging.line_interval_s
        slant_m = self.imaging.near_range_m + samples[None, :] * self.mode.slant_m
        point = self.imaging.orbit.look(*np.broadcast_arrays(seconds, slant_m))
        sight = unit(self.imaging.orbit.state(seconds)[0] - point)
        return (*geodetic(point), angle_deg(sight, normal(point)))

    def utc(self, time: float) -> str:
        """Return the zero-Doppler time."""
        return (START + timedelta(seconds=float(time) * self.imaging.line_interval_s)).isoformat(
            "T", "microseconds"
        )


def annotation(geometry: Geometry, swath: str) -> str:
    mode = geometry.mode
    grid_lines = np.unique(np.r_[0 : mode.lines : mode.lines_per_burst, mode.lines - 1])
    if not mode.starts:
        grid_lines = np.linspace(0, mode.lines - 1, 4).astype(int)
    samples = np.linspace(0, mode.samples - 1, 6).astype(int)
    latitude, longitude, incidence = geometry.locate(geometry.times[grid_lines], samples)
    points = "".join(
        f"<geolocationGridPoint><azimuthTime>{geometry.utc(geometry.times[line])}</azimuthTime>"
        f"<line>{line}</line><pixel>{sample}</pixel><latitude>{latitude[i, j]!r}</latitude>"
        f"<longitude>{longitude[i, j]!r}</longitude><height>0</height>"
        f"<incidenceAngle>{incidence[i, j]!r}</incidenceAngle></geolocationGridPoint>"
        for i, line in enumerate(grid_lines)
        for j, sample in enumerate(samples)
    )
    within = np.arange(mode.lines_per_burst)
    first_samples = np.where((within >= mode.valid_lines[0]) & (within < mode.valid_lines[1]), 3, -1)
    bursts = "".join(
        f"<burst><azimuthTime>{geometry.utc(start)}</azimuthTime>"
        f"<firstValidSample>{' '.join(map(str, first_samples))}</firstValidSample></burst>"
        for start in mode.starts
    )
    per_burst = mode.lines_per_burst if mode.starts else 0
    return (
        f"<product><adsHeader><productType>SLC</productType><mode>{mode.name}</mode><swath>{swath}</swath>"
        f"<startTime>{START.isoformat()}.000000</startTime></adsHeader><imageAnnotation><imageInformation>"
        f"<rangePixelSpacing>{mode.slant_m}</rangePixelSpacing>"
        f"<azimuthPixelSpacing>{mode.along_m}</azimuthPixelSpacing>"
        f"<azimuthTimeInterval>{geometry.imaging.line_interval_s!r}</azimuthTimeInterval>"
        f"<numberOfSamples>{mode.samples}</numberOfSamples><numberOfLines>{mode.lines}</numberOfLines>"
        "</imageInformation></imageAnnotation><swathTiming>"
        f"<linesPerBurst>{per_burst}</linesPerBurst>"
        f"<burstList count='{len(mode.starts)}'>{bursts}</burstList>"
        "</swathTiming><geolocationGrid><geolocationGridPointList>"
        f"{points}</geolocationGridPointList></geolocationGrid></product>"
    )


def calibration(samples: np.ndarray) -> np.ndarray:
    return 300 + 0.1 * samples


def tables(mode: Mode) -> tuple[str, str]:
    pixels = f"<line>0</line><pixel>0 {mode.samples - 1}</pixel>"
    first, last = calibration(np.array([0, mode.samples - 1]))
    return (
        f"<calibration><calibrationVectorList><calibrationVector>{pixels}<sigmaNought>{first} {last}"
        "</sigmaNought></calibrationVector></calibrationVectorList></calibration>",
        f"<noise><noiseRangeVectorList><noiseRangeVector>{pixels}<noiseRangeLut>{NOISE} {NOISE}"
        "</noiseRangeLut></noiseRangeVector></noiseRangeVectorList></noise>",
    )


def pixels(geometry: Geometry, target: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Return (lines, samples, 2) of a sea of even roughness and one bright target at (time, sample)."""
    mode, generator = geometry.mode, np.random.default_rng(seed)
    samples = np.arange(mode.samples)
    incidence = geometry.locate(np.array([200.0]), samples)[2][0]
    power = POWER_OVER_REFERENCE * reference_sigma0(incidence) * calibration(samples) ** 2 + NOISE
    values = generator.standard_normal((mode.lines, mode.samples, 2)) * np.sqrt(power / 2)[:, None]
    values[np.flatnonzero(geometry.times == target[0]), target[1], 0] = TARGET
    if mode.starts:
        within = np.arange(mode.lines) % mode.lines_per_burst
        values[(within < mode.valid_lines[0]) | (within >= mode.valid_lines[1])] = 0
    return np.rint(values).astype(np.int16)


def make_product(folder: Path, mode: Mode, swaths: tuple[str, ...], target: tuple[int, int]) -> Path:
    """Write a product with an image per swath; that of the last one has the target."""
    safe = folder / f"S1A_{mode.name}_SLC__1SSV_20210615T070211_20210615T070230_038353_048698_0001.SAFE"
    (safe / "annotation" / "calibration").mkdir(parents=True)
    (safe / "measurement").mkdir()
    (safe / "manifest.safe").write_text('<x><safe:software name="Sentinel-1 IPF" version="003.31"/></x>')
    geometry = Geometry.of(mode)
    for number, swath in enumerate(swaths, 1):
        stem = f"s1a-{swath}-slc-vv-20210615t070211-20210615t070214-038353-048698-{number:03d}"
        (safe / "annotation" / f"{stem}.xml").write_text(annotation(geometry, swath.upper()))
        for kind, text in zip(("calibration", "noise"), tables(mode)):
            (safe / "annotation" / "calibration" / f"{kind}-{stem}.xml").write_text(text)
        here = target if number == len(swaths) else (-1, 0)
        write_complex_geotiff(safe / "measurement" / f"{stem}.tiff", pixels(geometry, here, number))
    return safe
