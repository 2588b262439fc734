"""The algorithms as QGIS runs them, with a method whose answers are known in the network's place."""

from __future__ import annotations

import os
import zipfile

import numpy as np
import pytest
from metocean.core.classes import CLASSES
from metocean.core.errors import InputError
from metocean.ui.algorithms import method as method_module
from metocean.ui.algorithms import segment as segment_algorithm
from osgeo import gdal, ogr
from qgis import core

CLASS_COUNT = 10
# Pixels of a map are not all of one area.
HALF = pytest.approx(50, abs=0.01)
choose_method = method_module._method


@pytest.fixture
def run(run_algorithm, brightness_method, monkeypatch, tmp_path):
    """A function that runs an algorithm; unnamed outputs go to ``tmp_path / out``."""
    monkeypatch.setattr(method_module, "_method", lambda *_: brightness_method())
    folder = tmp_path / "out"
    folder.mkdir()
    places = {
        "segment": {"PROBABILITIES": "p.tif", "CLASSES": "c.tif", "AREAS": "a.csv"},
        "preprocess": {"OUTPUT": "r.tif"},
    }

    def start(name, feedback=None, context=None, **parameters):
        outputs = {key: str(folder / file) for key, file in places[name].items()}
        context = context or core.QgsProcessingContext()
        context.setProject(core.QgsProject.instance())
        return run_algorithm(name, {**outputs, **parameters}, context, feedback)

    start.folder = folder
    return start


@pytest.fixture
def project(qgis_app):
    project = core.QgsProject.instance()
    yield project
    project.clear()


def test_results_carry_areas_and_files(run, scene, capfd):
    results = run("segment", INPUT=scene)
    assert (results["SHARE_AF"], results["SHARE_POW"]) == (HALF, HALF)
    assert results["AREA_AF_KM2"] == pytest.approx(40.96, rel=2e-3)
    assert (results["AREA_WS_KM2"], results["SHARE_UNDECIDED"]) == (0, 0)
    assert (results["MODEL"], results["ACQUIRED"]) == ("brightness-test", "2021-03-04T05:06:07+00:00")
    assert sorted(os.listdir(run.folder)) == ["a.csv", "c.qml", "c.tif", "c.tif.aux.xml", "p.qml", "p.tif"]
    assert "ERROR" not in capfd.readouterr().err
    probabilities = core.QgsRasterLayer(results["PROBABILITIES"], "p")
    assert probabilities.renderer().band() in (1, 7)
    metadata = gdal.Open(results["CLASSES"]).GetMetadata()
    assert metadata["METOCEAN_METHOD"] == "unet" and "simulated" in metadata["METOCEAN_TRAINING"]


def test_the_uncertainty_is_written_when_it_is_wanted(run, scene):
    results = run("segment", INPUT=scene, UNCERTAINTY=str(run.folder / "u.tif"))
    assert gdal.Open(results["UNCERTAINTY"]).RasterCount == 2
    assert core.QgsRasterLayer(results["UNCERTAINTY"], "u").renderer().band() == 1
    assert "UNCERTAINTY" not in run("segment", INPUT=scene)


@pytest.mark.parametrize(
    ("limits", "percent"),
    [({}, None), ({"ICE_NORTH": 40}, 0), ({"ICE_NORTH": "60"}, HALF), ({"ICE_BY_SEASON": True}, 0)],
)
def test_ice_by_latitude(run, roughness_file, limits, percent):
    values = np.full((64, 128), 0.5)  # IB, at 46° N in March
    values[:, 64:] = 1.3
    results = run("segment", INPUT=roughness_file(values), **limits)
    assert results.get("SHARE_BRIGHT") == percent
    assert results["SHARE_IB"] == (0 if percent is HALF else HALF)


def test_what_is_unlike_training_images_is_told(run, scene, monkeypatch, tmp_path):
    class Log(core.QgsProcessingFeedback):
        warnings = ()

        def pushWarning(self, warning):
            self.warnings += (warning,)

    log = Log()
    # No sea is as smooth as this one.
    assert run("segment", feedback=log, INPUT=scene)["SHARE_UNLIKE"] == 100
    assert sum("100 % of the scene's 2 blocks" in warning for warning in log.warnings) == 1
    monkeypatch.setattr(segment_algorithm, "STATISTICS", tmp_path / "none.json")
    assert "SHARE_UNLIKE" not in run("segment", INPUT=scene)


def test_classes_side_by_side_are_for_methods_that_learnt_it(run, scene, monkeypatch):
    asked = []
    ready = method_module._method()
    monkeypatch.setattr(method_module, "_method", lambda *of: asked.append(of[-1]) or ready)
    run("segment", INPUT=scene)
    run("segment", INPUT=scene, METHOD="im2px", EXCLUSIVE=False)
    assert asked == [{"mosaic": False}, {"mosaic": False, "exclusive": False}]
    with pytest.raises(core.QgsProcessingException, match="unet has no setting exclusive"):
        run("segment", INPUT=scene, EXCLUSIVE=False)


def test_the_mean_of_eight_orientations(run, scene):
    results = run("segment", INPUT=scene, ORIENTATIONS=True)
    assert results["MODEL"] == "brightness-test, mean of 8 orientations"
    # The stand-in does not mind how an image is turned.
    assert (results["SHARE_AF"], results["SHARE_POW"]) == (HALF, HALF)


def test_headless_results_that_nobody_named_survive_the_process(
    provider, brightness_method, scene, monkeypatch, tmp_path
):
    monkeypatch.setattr(method_module, "_method", lambda *_: brightness_method())
    monkeypatch.setattr("qgis.utils.iface", None)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    algorithm, context = provider.algorithm("segment").create(), core.QgsProcessingContext()
    assert algorithm.checkParameterValues({"INPUT": scene}, context) == (True, "")
    results, ok = algorithm.run(
        {"INPUT": scene}, context, core.QgsProcessingFeedback(), catchExceptions=False
    )
    assert ok and results["AREAS"] == str(tmp_path / "here" / "scene_areas.csv")
    rasters = {name for name in os.listdir() if name.endswith(".tif")}
    assert rasters == {"scene_probabilities.tif", "scene_classes.tif"}


def test_in_the_desktop_results_that_nobody_named_are_temporary(
    provider, brightness_method, scene, monkeypatch, tmp_path
):
    monkeypatch.setattr(method_module, "_method", lambda *_: brightness_method())
    monkeypatch.setattr("qgis.utils.iface", object())
    monkeypatch.chdir(tmp_path)
    before = os.listdir()
    algorithm, context = provider.algorithm("segment").create(), core.QgsProcessingContext()
    results, ok = algorithm.run(
        {"INPUT": scene}, context, core.QgsProcessingFeedback(), catchExceptions=False
    )
    assert ok and os.listdir() == before
    assert results["CLASSES"].startswith(core.QgsProcessingUtils.tempFolder())


def test_land_is_masked_unless_told_otherwise(run, scene):
    dataset = gdal.Open(scene, gdal.GA_Update)
    dataset.SetGeoTransform((400_000.0, 100.0, 0.0, 5_325_000.0, 0.0, -100.0))  # the middle of Brittany
    del dataset
    with pytest.raises(core.QgsProcessingException, match="land"):
        run("segment", INPUT=scene)
    assert run("segment", INPUT=scene, LAND_MASK="none")["SHARE_AF"] == HALF


def test_the_strip_of_coast_is_as_wide_as_wanted(run, scene, tmp_path):
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "land.gpkg"))
    reference = gdal.Open(scene).GetSpatialRef()
    layer = source.CreateLayer("land", reference, ogr.wkbPolygon)
    feature = ogr.Feature(layer.GetLayerDefn())
    west, east, south, north = 390_000, 401_000, 5_080_000, 5_110_000
    ring = ", ".join(f"{x} {y}" for x, y in ((west, south), (east, south), (east, north), (west, north)))
    feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON (({ring}, {west} {south}))"))
    layer.CreateFeature(feature)
    del layer, source
    land = str(tmp_path / "land.gpkg")
    sea = {km: run("segment", INPUT=scene, LAND_MASK=land, COAST_KM=km)["AREA_AF_KM2"] for km in (0, 2)}
    assert sea[0] - sea[2] == pytest.approx(6.4 * 2, abs=0.7)


def test_command_line_strings_are_understood(run, scene):
    results = run(
        "segment",
        INPUT=scene,
        EXCLUDE="AF,SI",
        THRESHOLD="0.8",
        BAND="1",
        OUTPUT_CRS="EPSG:3035",
        DEVICE="cpu",
    )
    assert results["SHARE_UNDECIDED"] == 100
    assert "3035" in gdal.Open(results["CLASSES"]).GetProjection()
    assert gdal.Open(results["CLASSES"]).GetMetadataItem("METOCEAN_EXCLUDED") == "AF,SI"


@pytest.fixture
def loaded(brightness_method, monkeypatch):
    """What methods were loaded with; each is the stand-in."""
    calls = []

    def load(*of, **settings):
        calls.append((*of, settings))
        return brightness_method()

    monkeypatch.setattr(method_module, "load_method", load)
    monkeypatch.setattr(method_module, "_method", choose_method)
    method_module._cached.cache_clear()
    yield calls
    method_module._cached.cache_clear()


def test_settings_reach_the_method_and_the_rasters(run, scene, loaded):
    results = run("segment", INPUT=scene, METHOD="mask_mean", SIDE_PX="33", FILL="zero", DEVICE="cpu")
    settings = {"fill": "zero", "side_px": 33, "stride_px": 32, "mosaic": False}
    assert loaded == [("mask_mean", "cpu", "auto", settings)]
    for raster in ("CLASSES", "PROBABILITIES"):
        metadata = gdal.Open(results[raster]).GetMetadata()
        named = {name: metadata[f"METOCEAN_{name.upper()}"] for name in settings}
        assert named == {"fill": "zero", "side_px": "33", "stride_px": "32", "mosaic": "False"}
    run("segment", INPUT=scene, MOSAIC=True)
    assert loaded[1] == ("unet", "auto", "auto", {"mosaic": True})


def test_a_method_is_loaded_again_for_other_settings_only(run, scene, loaded):
    for given in ({}, {"STRIDE_PX": None, "FILL": None}, {"STRIDE_PX": 25}, {"STRIDE_PX": 30}):
        run("segment", INPUT=scene, METHOD="part_75", **given)
    assert [settings["stride_px"] for *_, settings in loaded] == [25, 30]


@pytest.mark.parametrize("given", ["object", "id", "name", "url"])
def test_the_scene_can_be_a_loaded_layer(run, scene, project, given):
    layer = core.QgsRasterLayer(scene, "my scene")
    project.addMapLayer(layer)
    value = {"object": layer, "id": layer.id(), "name": "my scene", "url": f"file://{scene}"}[given]
    assert run("segment", INPUT=value)["SHARE_AF"] == HALF


def _loaded(project, source):
    layer = core.QgsRasterLayer(source, "my layer")
    project.addMapLayer(layer)
    return layer


def test_layers_inside_containers_and_archives_keep_their_whole_path(project, scene, tmp_path):
    from metocean.ui.parameters.scene_parameter import scene_path

    context = core.QgsProcessingContext()
    container, archive = str(tmp_path / "a.gpkg"), tmp_path / "a.zip"
    gdal.Translate(container, scene, format="GPKG", outputType=gdal.GDT_Byte)
    with zipfile.ZipFile(archive, "w") as file:
        file.write(scene, "in/b.tif")
    sources = {
        f"/vsizip/{archive}/in/b.tif": f"/vsizip/{archive}/in/b.tif",
        f"GPKG:{container}:a": f"GPKG:{container}:a",
        f"{scene}|option:NUM_THREADS=1": scene,
    }
    for source, wanted in sources.items():
        layer = _loaded(project, source)
        assert layer.isValid() and scene_path(layer, "", context) == wanted
    assert gdal.Open(f"GPKG:{container}:a") is not None
    outside = core.QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory")
    with pytest.raises(InputError, match="export it to a GeoPackage"):
        scene_path(outside, "", context)


def test_the_scene_can_be_a_layer_in_an_archive(run, scene, project, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.write(scene, "in/b.tif")
    layer = _loaded(project, f"/vsizip/{tmp_path}/a.zip/in/b.tif")
    assert run("segment", INPUT=layer)["SHARE_AF"] == HALF


def test_what_gdal_makes_of_a_product_leads_to_the_product(project, tmp_path):
    from metocean.training.simulator.product.measurement import SeaSigma0
    from metocean.training.simulator.product.safe import write_safe
    from metocean.ui.parameters.scene_parameter import scene_path

    context = core.QgsProcessingContext()
    safe = write_safe(tmp_path, SeaSigma0(np.full((60, 60), 0.05, np.float32), 100.0))
    ((name, _), *_) = gdal.Open(str(safe)).GetSubDatasets()
    assert name.startswith("SENTINEL1_")
    manifest = str(safe / "manifest.safe")
    assert scene_path(_loaded(project, name), "", context) == manifest
    assert scene_path(name, name, context) == manifest
    assert scene_path(None, r"SENTINEL1_DS:C:\d\manifest.safe:EW_HH_HV", context) == r"C:\d\manifest.safe"


def test_a_land_layer_keeps_its_layer_and_subset(project, tmp_path):
    from metocean.ui.parameters.scene_parameter import scene_path

    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(tmp_path / "a.gpkg"))
    source.CreateLayer("land", geom_type=ogr.wkbPolygon)
    del source
    layer = core.QgsVectorLayer(f"{tmp_path}/a.gpkg|layerid=0|subset=fid > 3", "land", "ogr")
    assert layer.isValid()
    assert scene_path(layer, "", core.QgsProcessingContext()) == layer.source()
    assert "layerid=0" in layer.source() and "fid > 3" in layer.source()


def test_a_style_that_cannot_be_written_leaves_nothing(run, scene, monkeypatch):
    monkeypatch.setattr(core.QgsRasterLayer, "saveNamedStyle", lambda *_: ("disk full", False))
    for name in ("segment", "preprocess"):
        with pytest.raises(core.QgsProcessingException, match="disk full"):
            run(name, INPUT=scene)
        assert os.listdir(run.folder) == []


@pytest.mark.parametrize("fails", [False, True])
def test_a_run_on_a_gpu_gives_its_memory_back(run, scene, brightness_method, monkeypatch, fails):
    from metocean.models import device

    method, released = brightness_method(), []
    method.device = "cuda"
    monkeypatch.setattr(method_module, "_method", lambda *_: method)
    monkeypatch.setattr(device, "release", lambda: released.append(True))
    if fails:
        monkeypatch.setattr(segment_algorithm, "save_styles", lambda *_: 1 / 0)
        with pytest.raises(core.QgsProcessingException, match="ZeroDivisionError"):
            run("segment", INPUT=scene)
    else:
        run("segment", INPUT=scene)
    assert released == [True]


def test_preprocessing_makes_what_segmentation_recognises(run, scene):
    prepared = run("preprocess", INPUT=scene, RESOLUTION="100")["OUTPUT"]
    assert gdal.Open(prepared).GetMetadataItem("METOCEAN_QUANTITY") == "sqrt_roughness"
    assert core.QgsRasterLayer(prepared, "r").renderer().type() == "singlebandgray"
    assert run("segment", INPUT=prepared)["SHARE_AF"] == HALF


def test_prepared_roughness_lies_on_the_wanted_map(run, scene):
    prepared = gdal.Open(run("preprocess", INPUT=scene, OUTPUT_CRS="EPSG:3035")["OUTPUT"])
    assert "3035" in prepared.GetProjection()


@pytest.mark.parametrize("cog", [False, True])
def test_rasters_are_cloud_optimised_when_asked(run, scene, cog):
    wanted = {"ROUGHNESS": str(run.folder / "s.tif"), "UNCERTAINTY": str(run.folder / "u.tif"), "COG": cog}
    segmented, prepared = run("segment", INPUT=scene, **wanted), run("preprocess", INPUT=scene, COG=cog)
    rasters = "PROBABILITIES", "CLASSES", "ROUGHNESS", "UNCERTAINTY"
    for path in (*(segmented[name] for name in rasters), prepared["OUTPUT"]):
        layout = gdal.Open(path).GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE")
        assert layout == ("COG" if cog else None)
        assert core.QgsRasterLayer(path, "layer").isValid()
    classes = gdal.Open(segmented["CLASSES"])
    assert classes.GetRasterBand(1).GetDefaultRAT().GetRowCount() == 1 + CLASS_COUNT
    names = ["c.tif", "c.tif.aux.xml", "p.tif", "r.tif", "s.tif", "u.tif"]
    styles = [name.replace(".tif", ".qml") for name in names if name.endswith(".tif")]
    assert sorted(os.listdir(run.folder)) == sorted(["a.csv", *names, *styles])


@pytest.mark.parametrize("name", ["segment", "preprocess"])
@pytest.mark.parametrize("even", [False, True])
def test_seams_are_evened_out_when_asked(run, scene, monkeypatch, name, even):
    from metocean.core.runs import preprocess
    from metocean.core.runs import run as job

    wanted, prepare = [], job.prepare

    def spy(opened, path, options, feedback):
        wanted.append(options.even_seams)
        return prepare(opened, path, options, feedback)

    for module in (job, preprocess):
        monkeypatch.setattr(module, "prepare", spy)
    run(name, INPUT=scene, **({"EVEN_SEAMS": True} if even else {}))
    assert wanted == [even]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"TRESHOLD": 0.4}, "did you mean THRESHOLD"),
        ({"METHOD": "unett"}, "METHOD"),
        ({"EXCLUDE": "XX"}, "EXCLUDE"),
        ({"THRESHOLD": 2}, "THRESHOLD"),
        ({"UNITS": "decibel"}, "UNITS"),
        ({"METHOD": "cam", "STRIDE_PX": 8}, "cam has no setting stride_px; these have it: mask_mean"),
        ({"METHOD": "part_75", "FILL": "mean"}, "part_75 has no setting fill"),
        ({"METHOD": "part_75", "SIDE_PX": 0}, "SIDE_PX"),
        ({"METHOD": "mask_mean", "FILL": "noise"}, "FILL"),
        ({"INPUT": ""}, "INPUT"),
        ({"INPUT": "/no/such/scene.tif"}, "no file"),
        ({"LAND_MASK": "/no/such/land.gpkg"}, "no land file"),
        ({"PROBABILITIES": "/no/such/folder/p.tif"}, "choose a folder"),
    ],
)
def test_wrong_parameters_get_one_sentence_and_leave_nothing(run, scene, parameters, words):
    with pytest.raises(core.QgsProcessingException, match=words) as raised:
        run("segment", **{"INPUT": scene, **parameters})
    message = str(raised.value)
    assert "Traceback" not in message and len(message) < 250
    assert os.listdir(run.folder) == []


def test_cancelling_raises_and_leaves_nothing(run, scene):
    feedback = core.QgsProcessingFeedback()
    feedback.progressChanged.connect(lambda percent: percent > 30 and feedback.cancel())
    with pytest.raises(core.QgsProcessingException, match="Cancelled"):
        run("segment", INPUT=scene, feedback=feedback)
    assert os.listdir(run.folder) == []


def test_a_background_task_loads_a_group(run, provider, scene, project, qgis_app):
    """As the dialog does it: QgsProcessingAlgRunnerTask, then Processing's own result handler."""
    from processing.gui.Postprocessing import handleAlgorithmResults
    from qgis.PyQt.QtCore import QEventLoop

    project.setCrs(core.QgsCoordinateReferenceSystem("EPSG:32630"))
    context = core.QgsProcessingContext()
    context.setProject(project)
    feedback = core.QgsProcessingFeedback()
    parameters = {"INPUT": scene, "AREAS": str(run.folder / "a.csv")}
    for name in ("PROBABILITIES", "CLASSES", "ROUGHNESS"):
        target = core.QgsProcessingOutputLayerDefinition(str(run.folder / f"{name}.tif"), project)
        parameters[name] = target
    task = core.QgsProcessingAlgRunnerTask(provider.algorithm("segment"), parameters, context, feedback)
    loop, done = QEventLoop(), []
    task.executed.connect(lambda ok, results: (done.append(ok), loop.quit()))
    core.QgsApplication.taskManager().addTask(task)
    loop.exec()
    assert done == [True], feedback.textLog()
    assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, True, parameters)
    (group,) = project.layerTreeRoot().children()
    assert group.name().startswith("scene – ")
    names = [node.name() for node in group.children()]
    assert (names[0], names[1], names[-1]) == ("Classes", "AF – Atmospheric Front", "Roughness")
    assert len(names) == 2 + CLASS_COUNT


def test_two_rows_of_a_batch_make_two_groups(run, roughness_file, provider, project):
    from processing.gui.Postprocessing import handleAlgorithmResults

    for row in range(2):
        context = core.QgsProcessingContext()
        context.setProject(project)
        scene = roughness_file(np.full((32, 32), 0.3), name=f"scene{row}.tif")
        parameters = {
            "INPUT": scene,
            "PROBABILITIES": core.QgsProcessingOutputLayerDefinition(
                str(run.folder / f"p{row}.tif"), project
            ),
            "CLASSES": core.QgsProcessingOutputLayerDefinition(str(run.folder / f"c{row}.tif"), project),
        }
        feedback = core.QgsProcessingFeedback()
        _, ok = provider.algorithm("segment").run(parameters, context, feedback)
        assert ok, feedback.textLog()
        assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, False, parameters)
    groups = project.layerTreeRoot().children()
    assert [group.name().split(" ")[0] for group in groups] == ["scene1", "scene0"]
    assert [len(group.children()) for group in groups] == [11, 11]


def test_a_second_run_onto_the_same_files_replaces_the_first(run, provider, project, roughness_file):
    from processing.gui.Postprocessing import handleAlgorithmResults

    for row, side in enumerate((32, 48)):
        context = core.QgsProcessingContext()
        context.setProject(project)
        parameters = {"INPUT": roughness_file(np.full((side, side), 0.3), name=f"scene{row}.tif")}
        for name in ("PROBABILITIES", "CLASSES", "ROUGHNESS"):
            target = str(run.folder / f"{name}.tif")
            parameters[name] = core.QgsProcessingOutputLayerDefinition(target, project)
        feedback = core.QgsProcessingFeedback()
        _, ok = provider.algorithm("segment").run(parameters, context, feedback)
        assert ok, feedback.textLog()
        assert handleAlgorithmResults(provider.algorithm("segment"), context, feedback, False, parameters)
    (group,) = project.layerTreeRoot().children()
    assert group.name().startswith("scene1 – ") and len(group.children()) == 2 + CLASS_COUNT
    assert len(project.mapLayers()) == 2 + CLASS_COUNT
    layers = [node.layer() for node in group.children()]
    assert layers[0].name() == "Classes" and layers[-1].name() == "Roughness"
    assert [layer.name() for layer in layers[1:-1]] == [cls.label for cls in CLASSES]
    sides = [gdal.Open(layer.source()).RasterXSize for layer in layers]
    assert [layer.width() for layer in layers] == sides and sides[-1] == 48


@pytest.mark.parametrize("name", ["PROBABILITIES", "CLASSES", "ROUGHNESS", "UNCERTAINTY"])
def test_an_output_that_is_empty_in_a_batch_is_a_temporary_file_or_none(
    run, provider, project, roughness_file, name
):
    from processing.gui.Postprocessing import handleAlgorithmResults

    def target(text):
        return core.QgsProcessingOutputLayerDefinition(text, project)

    parameters = {
        "INPUT": roughness_file(np.full((32, 32), 0.3)),
        "PROBABILITIES": target(str(run.folder / "p.tif")),
        "CLASSES": target(str(run.folder / "c.tif")),
        name: target(""),
    }
    algorithm = provider.algorithm("segment").create()
    context, feedback = core.QgsProcessingContext(), core.QgsProcessingFeedback()
    context.setProject(project)
    assert algorithm.checkParameterValues(parameters, context) == (True, "")
    results, ok = algorithm.run(parameters, context, feedback)
    assert ok, feedback.textLog()
    optional = name in ("ROUGHNESS", "UNCERTAINTY")
    assert (name in results) != optional and (optional or os.path.exists(results[name]))
    assert handleAlgorithmResults(algorithm, context, feedback, False, parameters)
    assert "not correctly generated" not in feedback.textLog()
    assert len(project.mapLayers()) == 1 + CLASS_COUNT


def test_a_loaded_roughness_is_styled_and_knows_its_time(run, provider, project, roughness_file):
    from processing.gui.Postprocessing import handleAlgorithmResults

    scene = roughness_file(np.full((32, 32), 0.3), name="s1a-20190716T004042.tif")
    target = core.QgsProcessingOutputLayerDefinition(str(run.folder / "r.tif"), project)
    parameters, feedback = {"INPUT": scene, "OUTPUT": target}, core.QgsProcessingFeedback()
    context = core.QgsProcessingContext()
    context.setProject(project)
    _, ok = provider.algorithm("preprocess").run(parameters, context, feedback)
    assert ok and handleAlgorithmResults(
        provider.algorithm("preprocess"), context, feedback, False, parameters
    )
    (layer,) = project.mapLayers().values()
    assert isinstance(layer.renderer(), core.QgsSingleBandGrayRenderer)
    assert not os.path.exists(f"{layer.source()}.aux.xml"), "QGIS took statistics"


@pytest.mark.parametrize("wanted", ["EPSG:3263000", "nonsense", "ProjectCrs"])
def test_an_output_crs_that_is_none_is_refused(run, scene, wanted):
    with pytest.raises(core.QgsProcessingException, match="no coordinate system"):
        run("segment", INPUT=scene, OUTPUT_CRS=wanted)


def test_layers_without_coordinates_ask_nobody_for_them(project, tmp_path, monkeypatch):
    from metocean.ui.maps.style import raster_layer

    core.QgsSettings().setValue("/app/projections/unknownCrsBehavior", "UseProjectCrs")
    project.setCrs(core.QgsCoordinateReferenceSystem("EPSG:32630"))
    try:
        path = str(tmp_path / "a.tif")
        gdal.GetDriverByName("GTiff").Create(path, 4, 4).SetGeoTransform((0, 1, 0, 0, 0, -1))
        assert not raster_layer(path).crs().isValid()
    finally:
        core.QgsSettings().remove("/app/projections/unknownCrsBehavior")


def test_the_scene_parameter_accepts_what_is_no_layer(provider, tmp_path):
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")
    context = core.QgsProcessingContext()
    assert definition.checkValueIsAcceptable(str(tmp_path / "S1A.SAFE"), context)
    assert definition.clone().checkValueIsAcceptable(str(tmp_path / "S1A.SAFE"), context)
    assert not definition.checkValueIsAcceptable("  ", context)
    assert not definition.checkValueIsAcceptable(None, context)
    assert "*.zip" in definition.createFileFilter() and "*.tif" in definition.createFileFilter()


def test_the_scene_widget_keeps_layers_paths_and_nothing_apart(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidget

    widget = SceneWidget("all (*)")
    widget.set_choices([("my scene", "id-1"), ("my scene", "id-2")])
    widget.set_value("id-2")
    assert widget.value() == "id-2"
    widget.set_value("/data/S1A.SAFE")
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_choices([("other", "id-3")])
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_value(None)
    assert widget.value() is None
    layer = core.QgsRasterLayer(scene, "loaded")
    widget.set_choices([("loaded", layer.id())])
    widget.set_value(layer)
    assert widget.value() == layer.id()


def test_enter_after_a_path_chooses_the_path(provider):
    from metocean.ui.parameters.scene_widget import SceneWidget
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    widget = SceneWidget("all (*)")
    widget.set_choices([("loaded", "id-1")])
    widget.combo.lineEdit().selectAll()
    QTest.keyClicks(widget.combo.lineEdit(), "/data/S1A.SAFE")
    QTest.keyClick(widget.combo.lineEdit(), Qt.Key.Key_Return)
    assert widget.value() == "/data/S1A.SAFE"
    widget.set_choices([("loaded", "id-1"), ("new", "id-2")])
    assert widget.value() == "/data/S1A.SAFE"


def test_a_layer_that_is_gone_is_no_choice(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidget

    widget = SceneWidget("all (*)")
    widget.set_choices([("loaded", "id-1"), ("other", "id-2")])
    widget.set_value("id-1")
    widget.forget(["id-1"])
    assert widget.value() is None and widget.combo.count() == 1
    widget.set_value("id-2")
    widget.forget(["id-3"])
    assert widget.value() == "id-2"


def test_the_dialog_starts_with_the_active_layer_and_a_batch_with_none(provider, project, scene, monkeypatch):
    import qgis.utils
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.PyQt.QtWidgets import QDialog

    class Interface:
        def activeLayer(self):
            return active

    first, active = (core.QgsRasterLayer(scene, name) for name in ("a", "b"))
    project.addMapLayers([first, active])
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")

    def shown(title):
        dialog = type(title, (QDialog,), {})()
        return WidgetWrapperFactory.create_wrapper(definition, dialog).parameterValue()

    assert shown("AlgorithmDialog") is None
    monkeypatch.setattr(qgis.utils, "iface", Interface())
    assert shown("AlgorithmDialog") == active.id()
    assert shown("BatchAlgorithmDialog") is None


def test_both_dialogs_use_the_scene_widget(provider, project, scene):
    from metocean.ui.parameters.scene_widget import SceneWidgetWrapper
    from processing.gui.wrappers import WidgetWrapperFactory
    from qgis.PyQt.QtWidgets import QDialog

    project.addMapLayer(core.QgsRasterLayer(scene, "loaded"))
    algorithm = provider.algorithm("segment").create()
    definition = algorithm.parameterDefinition("INPUT")
    for title in ("AlgorithmDialog", "BatchAlgorithmDialog"):
        wrapper = WidgetWrapperFactory.create_wrapper(definition, type(title, (QDialog,), {})())
        assert isinstance(wrapper, SceneWidgetWrapper)
        assert wrapper.widget.combo.itemText(0) == "loaded"
        wrapper.setParameterValue("/data/S1A.zip", core.QgsProcessingContext())
        assert wrapper.parameterValue() == "/data/S1A.zip"
