"""Complex products, written as ESA writes them, of a sea of known roughness seen from a known orbit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from metocean.core.cmod5n import reference_sigma0
from metocean.core.errors import Cancelled, InputError, OptionError, OutputError
from metocean.core.feedback import Silent
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.roughness.prepare import RoughnessOptions, prepare
from metocean.core.runs.preprocess import PreprocessOptions
from metocean.core.runs.product_items import preprocess_all
from metocean.core.scenes.opening import count_items, open_scene
from metocean.core.scenes.sentinel1.bursts import BurstLines
from metocean.core.scenes.sentinel1.product_files import choose_image, image_named
from metocean.core.scenes.sentinel1.slc import GroundRange
from metocean.core.scenes.sentinel1.tables import PointGrid
from metocean.core.scenes.types.scene import SceneOptions
from metocean.training.simulator.product.imaging import Acquisition, Imaging
from metocean.training.simulator.product.orbit import angle_deg, geodetic, normal, unit
from osgeo import gdal

REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "s1_metadata"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="no ../shared/data/s1_metadata beside the checkout")
START = datetime(2021, 6, 15, 7, 2, 11)
NOISE, POWER_OVER_REFERENCE, TARGET = 500.0, 1.5, 20_000


@dataclass(frozen=True)
class Mode:
    """A kind of complex image: its spacings and incidence, and its bursts.

    ``starts`` are their first lines in the order of time, ``valid`` the first valid line and their end.
    """

    name: str
    near_incidence_deg: float
    along_m: float
    slant_m: float
    samples: int
    lines_per_burst: int
    starts: tuple[int, ...] = ()
    valid: tuple[int, int] = (0, 0)

    @property
    def lines(self) -> int:
        """Lines that the raster stores."""
        return self.lines_per_burst * max(1, len(self.starts))


WAVE = Mode("WV", 23.0, 4.1, 1.7, 900, 900)
SCAN = Mode("IW", 31.0, 13.9, 2.33, 900, 120, starts=(0, 95, 190), valid=(6, 114))


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
    valid = np.where((within >= mode.valid[0]) & (within < mode.valid[1]), 3, -1)
    bursts = "".join(
        f"<burst><azimuthTime>{geometry.utc(start)}</azimuthTime>"
        f"<firstValidSample>{' '.join(map(str, valid))}</firstValidSample></burst>"
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
        values[(within < mode.valid[0]) | (within >= mode.valid[1])] = 0
    return np.rint(values).astype(np.int16)


def write_complex(path: Path, values: np.ndarray) -> None:
    lines, samples, _ = values.shape
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), samples, lines, 1, gdal.GDT_CInt16)
    dataset.GetRasterBand(1).WriteRaster(0, 0, samples, lines, np.ascontiguousarray(values).tobytes())


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
        write_complex(safe / "measurement" / f"{stem}.tiff", pixels(geometry, here, number))
    return safe


def roughness(scene, folder):
    return gdal.Open(prepare(scene, str(folder / "r.tif"), RoughnessOptions(), Silent()).path).ReadAsArray()


def distance_m(scene, row: int, column: int, latitude: float, longitude: float) -> float:
    """Return how far the centre of a cell of the result is from a place."""
    step = 100 / scene.spacing_m[1], 100 / scene.spacing_m[0]
    x, y = scene.georeference.locate(np.array([(column + 0.5) * step[0]]), np.array([(row + 0.5) * step[1]]))
    degrees = spatial_reference("EPSG:4326")
    longitudes, latitudes = transform(spatial_reference(scene.georeference.wkt), degrees, x, y)
    x, y = transform(degrees, laea(longitude, latitude), longitudes, latitudes)
    return float(np.hypot(x[0], y[0]))


# In the wave image anywhere, in the scanned one where two bursts overlap.
@pytest.mark.parametrize(
    ("mode", "swaths", "target"), [(WAVE, ("wv1",), (650, 240)), (SCAN, ("iw1",), (104, 640))]
)
def test_intensity_incidence_and_places(tmp_path, mode, swaths, target):
    scene = open_scene(make_product(tmp_path, mode, swaths, target))
    assert (scene.quantity, scene.polarisation) == ("sigma0", "VV") and not scene.warnings
    values = roughness(scene, tmp_path)
    peaks = np.argwhere(values > 1.5 * np.median(values))
    assert np.ptp(peaks, axis=0).max() <= 1, "the target is seen once"
    brightest = np.unravel_index(values.argmax(), values.shape)
    latitude, longitude, _ = Geometry.of(mode).locate(np.array([target[0]]), np.array([target[1]]))
    # Half a cell's diagonal.
    assert distance_m(scene, *brightest, latitude.item(), longitude.item()) < 71
    ratio = values[values < 1.5 * np.median(values)] / np.sqrt(POWER_OVER_REFERENCE)
    assert (ratio > 0).all() and abs(ratio.mean() - 1) < 0.005
    # About 500 looks in a cell of the wave image, 150 of the scanned one.
    assert ratio.std() < (0.03 if mode is WAVE else 0.06)


def test_size_on_the_ground(tmp_path):
    scene = open_scene(make_product(tmp_path, SCAN, ("iw1",), (-1, 0)))
    # From the first valid line of the first burst to the last of the last.
    assert scene.shape[0] == 190 + 114 - 6
    incidence = Geometry.of(SCAN).locate(np.array([150.0]), np.arange(SCAN.samples))[2][0]
    ground_m = (SCAN.slant_m / np.sin(np.deg2rad(incidence))).sum()
    assert scene.spacing_m[0] == 13.9 and scene.spacing_m[1] == pytest.approx(13.9)
    assert scene.shape[1] == int(ground_m / 13.9)
    assert "3 bursts" in " ".join(scene.notes)


def test_every_imagette_is_an_item(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2", "wv1"), (450, 450))
    peak = {}
    for item in (1, 2, 3):
        scene = open_scene(safe, SceneOptions(item=item))
        swath = "wv2" if item == 2 else "wv1"
        assert scene.name.startswith(f"s1a-{swath}-slc") and scene.name.endswith(f"-00{item}")
        assert f"Image {item} of 3 ({swath.upper()})" in " ".join(scene.notes)
        peak[item] = roughness(scene, tmp_path).max()
    assert peak[3] > 1.5 * max(peak[1], peak[2])
    by_file = open_scene(next((safe / "measurement").glob("*-003.tiff")))
    assert by_file.name == scene.name and open_scene(safe).name.endswith("-001")
    with pytest.raises(OptionError, match=r"3 image\(s\) of VV and no item 4"):
        open_scene(safe, SceneOptions(item=4))


@needs_real
def test_items_of_a_real_product_by_the_names_in_its_manifest(tmp_path):
    text = (REAL / "S1B_WV_SLC_manifest.safe").read_text()
    names = re.findall(r'href="\./(measurement/[^"]+)"', text)
    (tmp_path / "measurement").mkdir()
    for name in names:
        (tmp_path / name).touch()
    for item, name in enumerate(sorted(names, key=lambda n: n[-8:]), 1):
        choice = choose_image(str(tmp_path), str(tmp_path), item=item)
        assert (choice.item, choice.items) == (item, len(names)) and choice.path.endswith(name)
        assert choice.key.number == item and choice.key.swath == ("WV1" if item % 2 else "WV2")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: re.sub(r"(TimeInterval>)[^<]*", r"\g<1>0", t), "follow at no interval"),
        (lambda t: re.sub(r"(rangePixelSpacing>)[^<]*", r"\g<1>-2.3", t), r"-2\.3 of rangePixelSpacing"),
        (lambda t: re.sub(r"(<incidenceAngle>)[^<]*", r"\g<1>0", t), r"incidence angles .* impossible"),
        # The first burst a century early.
        (lambda t: t.replace("<burst><azimuthTime>2021", "<burst><azimuthTime>1921", 1), "contradict"),
        (
            lambda t: t.replace("<linesPerBurst>120", "<linesPerBurst>119"),
            "no valid numbers|contradict its size",
        ),
        (
            lambda t: t.replace("2021-06-15T07:02:11.000000</azimuthTime><first", "soon</azimuthTime><first"),
            "azimuth time",
        ),
        (
            lambda t: re.sub(r"<burst><azimuthTime>[^<]*", "<burst><azimuthTime>2021-06-15T07:02:11", t),
            "contradict",
        ),
        (
            lambda t: re.sub(r"(<firstValidSample>)[^<]*", r"\1" + " ".join(["-1"] * 120), t),
            "without valid lines",
        ),
        (lambda t: t.replace("<numberOfSamples>900", "<numberOfSamples>901"), "900 x 360 pixels"),
    ],
)
def test_bursts_that_contradict_themselves(tmp_path, change, message):
    safe = make_product(tmp_path, SCAN, ("iw1",), (-1, 0))
    (file,) = (safe / "annotation").glob("*.xml")
    file.write_text(change(file.read_text()))
    with pytest.raises(InputError, match=message):
        open_scene(safe)


def test_ground_range_against_a_loop():
    edges = np.concatenate([[0.0], np.cumsum([4.0, 3.5, 3.0, 2.5, 2.0])])
    ground = GroundRange(edges, 4.5)
    weights = ground.weights().toarray()
    assert weights.shape == (3, 5)
    for cell in range(3):
        for sample in range(5):
            low, high = max(edges[sample], cell * 4.5), min(edges[sample + 1], cell * 4.5 + 4.5)
            assert weights[cell, sample] == pytest.approx(max(0.0, high - low) / 4.5, abs=1e-6)
    positions = np.array([0.3, 1.7])
    np.testing.assert_allclose(ground.to_ground(ground.to_samples(positions)), positions)


def test_runs_of_stored_lines():
    grid = PointGrid(*(np.zeros(1) for _ in range(6)))
    sequence = BurstLines(np.array([3, 4, 5, 9, 10, 20]), grid, 3)
    assert sequence.runs(0, 6) == [(3, 3), (9, 2), (20, 1)]
    assert sequence.runs(1, 3) == [(4, 2), (9, 1)]


class Heard(Silent):
    """Keeps warnings and the progress."""

    def __init__(self):
        self.warnings, self.fractions = [], []

    def warn(self, message):
        self.warnings.append(message)

    def progress(self, fraction):
        self.fractions.append(fraction)


def test_all_imagettes_go_to_a_folder_but_those_that_cannot_be_used(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2", "wv1"), (450, 450))
    write_complex(next((safe / "measurement").glob("*-002.tiff")), np.zeros((900, 900, 2), np.int16))
    assert count_items(safe) == 3
    out, heard = tmp_path / "out", Heard()
    with pytest.raises(OutputError, match="no folder"):
        preprocess_all(str(safe), PreprocessOptions(), str(out), heard)
    out.mkdir()
    written = preprocess_all(str(safe), PreprocessOptions(), str(out), heard)
    assert [path[-18:] for path in written] == ["-001_roughness.tif", "-003_roughness.tif"]
    assert sorted(path.name for path in out.iterdir()) == sorted(Path(path).name for path in written)
    assert any("Image 2 of 3 is left out" in warning for warning in heard.warnings)
    assert heard.fractions == sorted(heard.fractions) and heard.fractions[-1] == 1
    places = [gdal.Open(path) for path in written]
    assert all(p.GetProjection() and p.GetMetadataItem("SOURCE") in path for p, path in zip(places, written))
    assert places[1].ReadAsArray().max() > 1.5 * places[0].ReadAsArray().max()


def test_cancelling_tells_which_images_are_there(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (450, 450))
    out = tmp_path / "out"
    out.mkdir()

    class Impatient(Heard):
        def progress(self, fraction):
            if fraction > 0.6:
                raise Cancelled("Cancelled: nothing was written.")

    with pytest.raises(Cancelled, match=r"1 of 2 images were finished and stay in .*out\."):
        preprocess_all(str(safe), PreprocessOptions(), str(out), Impatient())
    assert [path.name[-18:] for path in out.iterdir()] == ["-001_roughness.tif"]


def test_all_imagettes_through_qgis(tmp_path, run_algorithm, monkeypatch):
    from qgis.core import QgsProcessingContext, QgsProcessingException

    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (450, 450))
    out = tmp_path / "out"
    results = run_algorithm("preprocessall", {"INPUT": str(safe), "FOLDER": str(out)}, QgsProcessingContext())
    assert results["COUNT"] == 2 and results["FOLDER"] == str(out)
    assert sum(path.suffix == ".tif" for path in out.iterdir()) == 2
    assert sum(path.suffix == ".qml" for path in out.iterdir()) == 2
    for file in (safe / "measurement").iterdir():
        write_complex(file, np.zeros((900, 900, 2), np.int16))
    monkeypatch.setattr("qgis.utils.iface", None)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(QgsProcessingException, match="no valid sea"):
        run_algorithm("preprocessall", {"INPUT": str(safe)}, QgsProcessingContext())
    assert sorted(tmp_path.iterdir()) == before


def test_a_product_of_nothing_but_land_says_so_for_all(tmp_path):
    safe = make_product(tmp_path, WAVE, ("wv1", "wv2"), (-1, 0))
    for file in (safe / "measurement").iterdir():
        write_complex(file, np.zeros((900, 900, 2), np.int16))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="no valid sea"):
        preprocess_all(str(safe), PreprocessOptions(), str(tmp_path / "out"), Heard())


def test_a_layer_of_a_sub_swath_is_that_sub_swath(tmp_path):
    safe = make_product(tmp_path, SCAN, ("iw1", "iw2"), (104, 640))
    manifest = str(safe / "manifest.safe")
    assert image_named(manifest, "IW2_VV").endswith("-002.tiff")
    assert image_named(manifest, "IW_VV") == image_named(manifest, "IW3_VV") == manifest
    assert open_scene(image_named(manifest, "IW2_VV")).name.startswith("s1a-iw2-slc")
