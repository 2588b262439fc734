"""SNAP's two formats, written as SNAP writes them, of a sea of known roughness."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from metocean.core.errors import InputError
from metocean.core.files.tiff_tag import read_text_tag
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.opening import open_scene
from metocean.core.scenes.types.scene import SceneOptions
from osgeo import gdal
from rasters import wkt_of, write_geotiff
from sea import ANGLES, DB, SHAPE, SIGMA0, UTM, roughness_of

# Of the tie points: rows and columns, and the pixels between them.
POINTS, STEP = (4, 5), (20.0, 20.0)
SIGMA_BANDS = {"Sigma0_VH": SIGMA0 / 4, "Sigma0_VV": SIGMA0}


def envi(folder, name, values):
    """Write big-endian floats and their header, without places."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.img").write_bytes(values.astype(">f4").tobytes())
    (folder / f"{name}.hdr").write_text(
        f"ENVI\ndescription = {{{name}}}\nsamples = {values.shape[1]}\nlines = {values.shape[0]}\nbands = 1\n"
        "header offset = 0\nfile type = ENVI Standard\ndata type = 4\ninterleave = bsq\nbyte order = 1\n"
        f"band names = {{ {name} }}\n"
    )


def document(bands, place="", grids=(), files="", virtual=()):
    """Return the text that is in a .dim file and in the tag."""
    infos = "".join(
        f"<Spectral_Band_Info><BAND_INDEX>{i}</BAND_INDEX><BAND_DESCRIPTION /><BAND_NAME>{name}</BAND_NAME>"
        f"<DATA_TYPE>float32</DATA_TYPE><PHYSICAL_UNIT>intensity</PHYSICAL_UNIT>"
        "<NO_DATA_VALUE_USED>true</NO_DATA_VALUE_USED><NO_DATA_VALUE>0.0</NO_DATA_VALUE>"
        f"{'<VIRTUAL_BAND>true</VIRTUAL_BAND>' if name in virtual else ''}</Spectral_Band_Info>"
        for i, name in enumerate([*bands, *virtual])
    )
    points = "".join(
        f"<Tie_Point_Grid_Info><TIE_POINT_GRID_INDEX>{i}</TIE_POINT_GRID_INDEX><TIE_POINT_GRID_NAME>{name}"
        f"</TIE_POINT_GRID_NAME><NCOLS>{POINTS[1]}</NCOLS><NROWS>{POINTS[0]}</NROWS><OFFSET_X>0.0</OFFSET_X>"
        f"<OFFSET_Y>0.0</OFFSET_Y><STEP_X>{STEP[1]}</STEP_X><STEP_Y>{STEP[0]}</STEP_Y></Tie_Point_Grid_Info>"
        for i, name in enumerate(grids)
    )
    return (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<Dimap_Document name="x.dim"><Metadata_Id>'
        '<METADATA_FORMAT version="2.12.1">DIMAP</METADATA_FORMAT>'
        "<METADATA_PROFILE>BEAM-DATAMODEL-V1</METADATA_PROFILE></Metadata_Id>"
        f"{place}<Raster_Dimensions><NCOLS>{SHAPE[1]}</NCOLS><NROWS>{SHAPE[0]}</NROWS>"
        f"<NBANDS>{len(bands)}</NBANDS></Raster_Dimensions>{files}<Tie_Point_Grids>{points}</Tie_Point_Grids>"
        f"<Image_Interpretation>{infos}</Image_Interpretation></Dimap_Document>"
    )


def on_a_map():
    x0, xs, _, y0, _, ys = UTM.affine
    return (
        f"<Coordinate_Reference_System><WKT>{wkt_of(UTM.crs)}</WKT></Coordinate_Reference_System><Geoposition>"
        f"<IMAGE_TO_MODEL_TRANSFORM>{xs},0.0,0.0,{ys},{x0},{y0}</IMAGE_TO_MODEL_TRANSFORM></Geoposition>"
    )


def dimap(folder, bands, place="", grids=None, stem="S1A_IW_GRDH_1SDV_20210119T031653_Cal"):
    """Write a product; ``grids`` are tie points by name."""
    grids = grids or {}
    files = "".join(
        f'<Data_File><DATA_FILE_PATH href="{stem}.data/{name}.hdr" /><BAND_INDEX>{i}</BAND_INDEX></Data_File>'
        for i, name in enumerate(bands)
    ) + "".join(
        f'<Tie_Point_Grid_File><TIE_POINT_GRID_FILE_PATH href="{stem}.data/tie_point_grids/{name}.hdr" />'
        f"<TIE_POINT_GRID_INDEX>{i}</TIE_POINT_GRID_INDEX></Tie_Point_Grid_File>"
        for i, name in enumerate(grids)
    )
    for name, values in bands.items():
        envi(folder / f"{stem}.data", name, values)
    for name, values in grids.items():
        envi(folder / f"{stem}.data" / "tie_point_grids", name, values)
    text = document(bands, place, grids, f"<Data_Access>{files}</Data_Access>", ("Sigma0_VV_db",))
    (folder / f"{stem}.dim").write_text(text)
    return folder / f"{stem}.dim"


def test_dimap_on_a_map(tmp_path):
    path = dimap(tmp_path, {**SIGMA_BANDS, "incidenceAngleFromEllipsoid": ANGLES}, on_a_map())
    data = path.with_suffix(".data")
    for chosen in (path, data, data / "Sigma0_VV.img"):
        scene = open_scene(chosen)
        np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)
        assert scene.units == "linear (sigma0 by its name)" and scene.polarisation == "VV"
        assert scene.spacing_m == pytest.approx((100, 100), rel=1e-3) and scene.name == path.stem
        assert scene.georeference.affine == UTM.affine
        assert scene.acquired.isoformat() == "2021-01-19T03:16:53+00:00"
    with pytest.raises(InputError, match="VH does not show"):
        open_scene(data / "Sigma0_VH.img")


def test_dimap_in_radar_geometry_has_its_places_and_angles_from_tie_points(tmp_path):
    rows, columns = np.meshgrid(np.arange(POINTS[0]) * STEP[0], np.arange(POINTS[1]) * STEP[1], indexing="ij")
    grids = {
        "latitude": 44 - 9e-4 * rows,
        "longitude": 8 + 1.25e-3 * columns,
        "incident_angle": 30 + (columns - 0.5) * 16 / 79,
    }
    scene = open_scene(dimap(tmp_path, SIGMA_BANDS, grids=grids))
    assert scene.quantity == "sigma0" and scene.spacing_m == pytest.approx((100, 100), rel=0.01)
    # ENVI holds angles as floats; between points, and at the edge beyond the last, they stay within 0.2°.
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=0.02)
    x, y = scene.georeference.locate(np.array([40.0]), np.array([30.0]))
    degrees = spatial_reference("EPSG:4326")
    x, y = transform(spatial_reference(scene.georeference.wkt), degrees, x, y)
    x, y = transform(degrees, laea(8 + 1.25e-3 * 40, 44 - 9e-4 * 30), x, y)
    assert np.hypot(x[0], y[0]) < 20


def test_decibels_of_dimap_are_known_by_name_or_unit(tmp_path):
    scene = open_scene(
        dimap(tmp_path, {"Sigma0_VV_db": DB, "incidenceAngleFromEllipsoid": ANGLES}, on_a_map())
    )
    assert scene.units == "db (sigma0 by its name)"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.replace('href="S1A', 'href="../S1A'), "outside the product"),
        (lambda t: t.replace('href="S1A', 'href="/S1A'), "outside the product"),
        (lambda t: t.replace("<NROWS>60", "<NROWS>61"), "another size"),
        (lambda t: t.replace("DATA_FILE_PATH", "FILE_PATH"), "names no band that is stored"),
        (lambda t: t.replace("<NROWS>60", "<NROWS>-60"), "another size|impossible"),
        (lambda t: t.replace(">100.0,0.0", ">100.0,x"), "no valid transform"),
        (lambda t: t[: len(t) // 2], "not well-formed"),
        (lambda t: t.replace("Dimap_Document", "Other"), "not a raster"),
    ],
)
def test_damaged_documents(tmp_path, change, message):
    path = dimap(tmp_path, SIGMA_BANDS, on_a_map())
    path.write_text(change(path.read_text()))
    with pytest.raises(InputError, match=message):
        open_scene(path)


def tagged(path, values, text, big_endian=False, big=False):
    """Write a GeoTIFF without names of bands, and put the text into SNAP's tag."""
    options = ["ENDIANNESS=BIG" if big_endian else "ENDIANNESS=LITTLE", f"BIGTIFF={'YES' if big else 'NO'}"]
    write_geotiff(path, np.array(values, np.float32), UTM, options=options)
    content = bytearray(path.read_bytes())
    order = ">" if big_endian else "<"
    # The directory goes to the end once more, with an entry for the text, which goes behind it.
    where, counted, entry, width = (8, "Q", "HHQQ", 20) if big else (4, "I", "HHII", 12)
    (start,) = struct.unpack_from(order + counted, content, where)
    count_kind = "Q" if big else "H"
    (count,) = struct.unpack_from(order + count_kind, content, start)
    first = start + struct.calcsize(order + count_kind)
    entries = bytes(content[first : first + count * width])
    new = len(content) + len(content) % 2
    content += b"\0" * (new - len(content))
    after = new + struct.calcsize(order + count_kind) + (count + 1) * width + 8
    content += struct.pack(order + count_kind, count + 1) + entries
    content += struct.pack(order + entry, 65000, 2, len(text) + 1, after) + b"\0" * 8
    content += text.encode() + b"\0"
    struct.pack_into(order + counted, content, where, new)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("big_endian", "big"), [(True, False), (False, False), (False, True)])
def test_names_lost_on_export_are_found_in_the_tag(tmp_path, big_endian, big):
    names = [*SIGMA_BANDS, "incidenceAngleFromEllipsoid"]
    text = document(names, virtual=("Sigma0_VV_db",))
    values = [*SIGMA_BANDS.values(), ANGLES]
    path = tagged(tmp_path / "S1A_20210119T031653_TC.tif", values, text, big_endian, big)
    assert (
        read_text_tag(str(path), 65000) == text and not gdal.Open(str(path)).GetRasterBand(1).GetDescription()
    )
    scene = open_scene(path)
    assert scene.units == "linear (sigma0 by its name)" and scene.polarisation == "VV"
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_names_that_are_lost_for_good_are_asked_for(tmp_path):
    path = tagged(tmp_path / "a.tif", [SIGMA0, ANGLES], "nothing of the kind")
    with pytest.raises(InputError, match="cannot be told"):
        open_scene(path)
    scene = open_scene(path, SceneOptions(band=1, units="linear", incidence="band:2"))
    np.testing.assert_allclose(roughness_of(scene, tmp_path), np.sqrt(2), rtol=1e-4)


def test_a_tag_in_a_file_that_is_cut_or_none(tmp_path):
    path = tagged(tmp_path / "a.tif", [SIGMA0], document(["Sigma0_VV"]))
    content = path.read_bytes()
    for size in (0, 1, 3, 7, len(content) - 3000):
        path.write_bytes(content[:size])
        read_text_tag(str(path), 65000)
    assert read_text_tag(str(tmp_path / "none.tif"), 65000) == ""
    path.write_bytes(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 2**64 - 1))
    assert read_text_tag(str(path), 65000) == ""
