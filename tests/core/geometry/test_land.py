# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from metocean.core.errors import OptionError
from metocean.core.files.xml_file import load
from metocean.core.geometry.georeference import Georeference, SurveyPoints, from_survey
from metocean.core.geometry.land import LandOptions, land_mask
from metocean.core.geometry.projections import laea, spatial_reference, transform
from metocean.core.scenes.sentinel1.tables import read_grid
from osgeo import gdal, ogr

SHAPE = 100, 120


def polygons(path, *rings):
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def box(west, south, east, north):
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def utm():
    return Georeference(spatial_reference("EPSG:32631").ExportToWkt(), (5e5, 100.0, 0.0, 4e6, 0.0, -100.0))


def swath(longitude, latitude):
    lines, samples = (v.ravel() for v in np.meshgrid(*(np.linspace(0, n, 5) for n in SHAPE), indexing="ij"))
    x, y = (samples - SHAPE[1] / 2) * 1000, (SHAPE[0] / 2 - lines) * 1000
    lon, lat = transform(laea(longitude, latitude), spatial_reference("EPSG:4326"), x, y)
    return from_survey(SurveyPoints(samples, lines, lon, lat, 0 * lon, 0 * lon + 35))


def test_coast_buffer_in_kilometres_on_a_map(tmp_path):
    # On the central meridian of zone 31 (3° E) the line x = 500 km + 3 km is the polygon's western shore.
    degrees = transform(
        spatial_reference("EPSG:32631"),
        spatial_reference("EPSG:4326"),
        np.array([5.03e5]),
        np.array([3.995e6]),
    )
    path = polygons(tmp_path / "l.geojson", box(float(degrees[0][0]), 30, 10, 40))
    mask = land_mask(utm(), SHAPE, LandOptions(path, 0))
    assert not mask[50, :29].any() and mask[50, 31:].all()
    wide = land_mask(utm(), SHAPE, LandOptions(path, 1.0))
    assert not wide[50, :19].any() and wide[50, 21:].all()


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(12.0, 42.0), (180.0, -17.0), (25.0, 86.0), (100.0, -75.0)]
)
def test_half_plane_east_of_the_middle_in_radar_geometry(tmp_path, longitude, latitude):
    far = (longitude + 40 + 180) % 360 - 180
    east = (
        [box(longitude, -89, far, 89)]
        if far > longitude
        else [box(longitude, -89, 180, 89), box(-180, -89, far, 89)]
    )
    if longitude == 180.0:
        east = [box(-180, -89, far, 89)]
    path = polygons(tmp_path / "l.geojson", *east)
    mask = land_mask(swath(longitude, latitude), SHAPE, LandOptions(path, 0))
    assert not mask[:, : SHAPE[1] // 2 - 2].any() and mask[:, SHAPE[1] // 2 + 2 :].all()


def test_a_continent_with_the_antipode_inside_does_not_flood_the_scene(tmp_path):
    # The antipode of 12 E 42 N is 168 W 42 S.
    path = polygons(tmp_path / "l.geojson", box(-179, -60, -150, -30))
    assert not land_mask(swath(12.0, 42.0), SHAPE, LandOptions(path, 5)).any()


def two_layers(path):
    """West (one polygon, outside the scene) and east (two, over its right half)."""
    store = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    for name, west in (("west", 4.9e5), ("east", 5.06e5)):
        layer = store.CreateLayer(name, spatial_reference("EPSG:32631"), ogr.wkbPolygon)
        for _ in range(2 if name == "east" else 1):
            feature = ogr.Feature(layer.GetLayerDefn())
            ring = f"{west} 3.9e6,{west + 6e3} 3.9e6,{west + 6e3} 4.1e6,{west} 4.1e6,{west} 3.9e6"
            feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))"))
            layer.CreateFeature(feature)
    return str(path)


@pytest.mark.parametrize(
    "choice",
    ["layername=east", "layerid=1", "layername=east|subset=fid = 1", "layername=east|geometrytype=Polygon"],
)
def test_projected_polygons_and_a_chosen_layer(tmp_path, choice):
    path = two_layers(tmp_path / "l.gpkg")
    mask = land_mask(utm(), SHAPE, LandOptions(f"{path}|{choice}", 0))
    assert not mask[:, :60].any() and mask[:, 60:].all()


def test_a_subset_leaves_out_the_rest(tmp_path):
    path = two_layers(tmp_path / "l.gpkg")
    assert not land_mask(utm(), SHAPE, LandOptions(f"{path}|layername=east|subset=fid > 2", 0)).any()


@pytest.mark.parametrize("raising", [None, gdal, ogr])
def test_a_subset_that_only_fails_on_reading_is_refused(tmp_path, raising):
    source = f"{two_layers(tmp_path / 'l.gpkg')}|layername=east|subset=no such thing"
    if raising:
        raising.UseExceptions()
    try:
        with pytest.raises(OptionError, match="filter 'no such thing'"):
            land_mask(utm(), SHAPE, LandOptions(source, 0))
    finally:
        if raising:
            raising.DontUseExceptions()


def test_of_several_layers_one_has_to_be_named_but_for_the_map_of_qgis(tmp_path):
    path = two_layers(tmp_path / "l.gpkg")
    for choice, message in (
        ("", "one of west, east"),
        ("|layername=north", "no polygons"),
        ("|layerid=2", "no poly"),
    ):
        with pytest.raises(OptionError, match=message):
            land_mask(utm(), SHAPE, LandOptions(path + choice, 0))
    # The layer with fewer features, which lies outside.
    assert not land_mask(utm(), SHAPE, LandOptions(two_layers(tmp_path / "world_map.gpkg"), 0)).any()


def test_none_and_unknown_places_have_no_mask(tmp_path):
    assert land_mask(utm(), SHAPE, LandOptions()) is None
    assert (
        land_mask(Georeference(), SHAPE, LandOptions(polygons(tmp_path / "l.geojson", box(0, 0, 1, 1))))
        is None
    )


def test_single_and_multiple_polygons_in_one_file(tmp_path):
    """OGR calls such layers unknown; lines and empty features among them are no land."""
    rings = box(3.0, 35.8, 3.05, 36.2), box(3.08, 35.8, 3.2, 36.2)
    one, several = {"type": "Polygon", "coordinates": [rings[0]]}, {"type": "MultiPolygon"}
    line = {"type": "LineString", "coordinates": [[3.0, 36.0], [3.2, 36.0]]}
    geometries = [None, line, one, {**several, "coordinates": [[rings[1]]]}]
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    mixed = tmp_path / "mixed.geojson"
    mixed.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = land_mask(utm(), SHAPE, LandOptions(str(mixed), 0))
    alone = land_mask(utm(), SHAPE, LandOptions(polygons(tmp_path / "l.geojson", *rings), 0))
    np.testing.assert_array_equal(found, alone)
    assert 0 < found.mean() < 1
    mixed.write_text(json.dumps({"type": "FeatureCollection", "features": features[:2]}))
    with pytest.raises(OptionError, match="holds no polygons"):
        land_mask(utm(), SHAPE, LandOptions(str(mixed), 0))


def test_files_that_cannot_be_land(tmp_path):
    with pytest.raises(OptionError, match="no land file"):
        land_mask(utm(), SHAPE, LandOptions(str(tmp_path / "no.gpkg")))
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(OptionError, match="holds no polygons"):
        land_mask(utm(), SHAPE, LandOptions(str(tmp_path / "a.txt")))
    path = polygons(tmp_path / "l.geojson", box(0, 0, 1, 1))
    with pytest.raises(OptionError, match="makes no sense"):
        land_mask(utm(), SHAPE, LandOptions(path, -1))


@pytest.mark.parametrize(
    ("name", "sea"), [("S1A*20150222*", False), ("S1A*20210119*", False), ("S1B*20211223*", True)]
)
def test_the_world_map_of_qgis_knows_where_annotated_heights_are_land(qgis_app, real_product, name, sea):
    from qgis.core import QgsApplication

    grid = read_grid(load(str(next(real_product(name).glob("annotation/*-vv-*.xml")))))
    world = str(Path(QgsApplication.pkgDataPath(), "resources", "data", "world_map.gpkg"))
    cell = 40
    shape = int(grid.lines[-1]) // cell, int(grid.samples[-1]) // cell
    mask = land_mask(grid.georeference(cell, cell), shape, LandOptions(world, 1.0))
    rows, columns = (
        np.minimum(p // cell, n - 1).astype(int) for p, n in zip((grid.lines, grid.samples), shape)
    )
    there, high = mask[np.ix_(rows, columns)], grid.heights_m > 50
    assert there[high].mean() > 0.97
    assert mask.all() != sea
    if sea:
        assert not there[np.abs(grid.heights_m) < 0.1].any()
