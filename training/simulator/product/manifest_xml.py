# SPDX-License-Identifier: GPL-2.0-or-later
"""The manifest of a simulated Sentinel-1 GRD product: its files, when and where it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from .image import DATATAKE, ORBIT_NUMBER, ProductImage
from .xmltext import document, element, fields

NAMESPACES = {
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:gml": "http://www.opengis.net/gml",
    "xmlns:xfdu": "urn:ccsds:schema:xfdu:1",
    "xmlns:safe": "http://www.esa.int/safe/sentinel-1.0",
    "xmlns:s1": "http://www.esa.int/safe/sentinel-1.0/sentinel-1",
    "xmlns:s1sarl1": "http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1",
}
VERSION = "esa/safe/sentinel-1.0/sentinel-1/sar/level-1/grd/standard/iwdp"
EPSG_4326 = "http://www.opengis.net/gml/srs/epsg.xml#4326"
DESCRIPTIONS = (
    "acquisitionPeriod",
    "platform",
    "generalProductInformation",
    "measurementOrbitReference",
    "measurementFrameSet",
)
# Sentinel-1A repeats its ground track after 175 orbits and crossed the first of them on orbit 73.
ORBITS_PER_CYCLE, FIRST_ORBIT = 175, 73


class FileKind(Enum):
    """What a file of a product holds; the values are words in the names of its schema."""

    ANNOTATION = "Product"
    CALIBRATION = "Calibration"
    NOISE = "Noise"
    MEASUREMENT = "Measurement"


@dataclass(frozen=True)
class FileEntry:
    """One file of the product: its kind, polarisation, identifier, path below its folder, size in bytes."""

    kind: FileKind
    polarisation: str
    identifier: str
    path: str
    size: int

    @property
    def is_measurement(self) -> bool:
        """Whether it holds pixels."""
        return self.kind is FileKind.MEASUREMENT


def manifest(images: Sequence[ProductImage], files: Sequence[FileEntry], software_version: str) -> str:
    """Return ``manifest.safe``; the images are the polarisations of one product."""
    unit = element(
        "xfdu:contentUnit",
        *(_content_unit(file, files) for file in files),
        unitType="SAFE Archive Information Package",
        textInfo="Sentinel-1 IW Level-1 GRD Product",
        dmdID=" ".join(DESCRIPTIONS),
        pdiID="processing",
    )
    texts = (_period(images[0]), _platform(), _general(images), _orbit(images[0]), _frame(images[0]))
    metadata = [_metadata("processing", "PROVENANCE", "PDI", _processing(images[0], software_version))]
    metadata += [_metadata(name, "DESCRIPTION", "DMD", text) for name, text in zip(DESCRIPTIONS, texts)]
    return document(
        "xfdu:XFDU",
        element("informationPackageMap", unit),
        element("metadataSection", *metadata, *(_pointer(file) for file in files if not file.is_measurement)),
        element("dataObjectSection", *(_data_object(file) for file in files)),
        **NAMESPACES,
        version=VERSION,
    )


def _content_unit(file: FileEntry, files: Sequence[FileEntry]) -> str:
    """Return a unit of the package; a measurement names the annotation that describes it."""
    pointer = element("dataObjectPointer", dataObjectID=file.identifier)
    schema = f"s1Level1{file.kind.value}Schema"
    if not file.is_measurement:
        return element("xfdu:contentUnit", pointer, unitType="Metadata Unit", repID=schema)
    described_by = " ".join(
        f"{other.identifier}Annotation"
        for other in files
        if other.polarisation == file.polarisation and not other.is_measurement
    )
    return element(
        "xfdu:contentUnit", pointer, unitType="Measurement Data Unit", repID=schema, dmdID=described_by
    )


def _pointer(file: FileEntry) -> str:
    return element(
        "metadataObject",
        element("dataObjectPointer", dataObjectID=file.identifier),
        ID=f"{file.identifier}Annotation",
        classification="DESCRIPTION",
        category="DMD",
    )


def _data_object(file: FileEntry) -> str:
    mime = "application/octet-stream" if file.is_measurement else "text/xml"
    location = element("fileLocation", locatorType="URL", href=f"./{file.path}")
    stream = element("byteStream", location, mimeType=mime, size=file.size)
    return element("dataObject", stream, ID=file.identifier, repID=f"s1Level1{file.kind.value}Schema")


def _metadata(identifier: str, classification: str, category: str, content: str) -> str:
    wrap = element("metadataWrap", element("xmlData", content), mimeType="text/xml", vocabularyName="SAFE")
    return element("metadataObject", wrap, ID=identifier, classification=classification, category=category)


def _processing(image: ProductImage, software_version: str) -> str:
    software = element("safe:software", name="Sentinel-1 IPF", version=software_version)
    facility = element(
        "safe:facility", software, name="metocean simulator", country="", organisation="", site=""
    )
    return element(
        "safe:processing",
        facility,
        name="GRD Post Processing",
        start=image.start.isoformat(),
        stop=image.stop.isoformat(),
    )


def _period(image: ProductImage) -> str:
    return element(
        "safe:acquisitionPeriod", fields({"safe:startTime": image.start, "safe:stopTime": image.stop})
    )


def _platform() -> str:
    mode = element("s1sarl1:instrumentMode", fields({"s1sarl1:mode": "IW", "s1sarl1:swath": "IW"}))
    family = element("safe:familyName", "Synthetic Aperture Radar", abbreviation="SAR")
    instrument = element("safe:instrument", family, element("safe:extension", mode))
    name = fields({"safe:nssdcIdentifier": "2014-016A", "safe:familyName": "SENTINEL-1", "safe:number": "A"})
    return element("safe:platform", name, instrument)


def _general(images: Sequence[ProductImage]) -> str:
    channels = [fields({"s1sarl1:transmitterReceiverPolarisation": image.polarisation}) for image in images]
    rest = {
        "s1sarl1:productClass": "S",
        "s1sarl1:productClassDescription": "SAR Standard L1 Product",
        "s1sarl1:productComposition": "Individual",
        "s1sarl1:productType": "GRD",
        "s1sarl1:productTimelinessCategory": "Fast-24h",
    }
    datatake = fields({"s1sarl1:missionDataTakeID": DATATAKE})
    return element("s1sarl1:standAloneProductInformation", datatake, *channels, fields(rest))


def _orbit(image: ProductImage) -> str:
    relative = (ORBIT_NUMBER - FIRST_ORBIT) % ORBITS_PER_CYCLE + 1
    numbers = [
        element(f"safe:{kind}", str(number), type=end)
        for kind, number in (("orbitNumber", ORBIT_NUMBER), ("relativeOrbitNumber", relative))
        for end in ("start", "stop")
    ]
    properties = element("s1:orbitProperties", fields({"s1:pass": image.direction.upper()}))
    return element("safe:orbitReference", *numbers, element("safe:extension", properties))


def _frame(image: ProductImage) -> str:
    lines, samples = image.imaging.shape
    found = image.imaging.locate(np.array([0, lines - 1]), np.array([0, samples - 1]))
    ring = ((0, 1), (0, 0), (1, 0), (1, 1))
    corners = " ".join(f"{found.latitude_deg[at]:.6f},{found.longitude_deg[at]:.6f}" for at in ring)
    outline = element("safe:footPrint", element("gml:coordinates", corners), srsName=EPSG_4326)
    return element("safe:frameSet", element("safe:frame", outline))
