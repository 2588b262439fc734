# SPDX-License-Identifier: GPL-2.0-or-later
"""SNAP's two formats, written as SNAP writes them, of the sea of `sea`."""

from __future__ import annotations

import struct

import numpy as np
from rasters import wkt_of, write_geotiff
from sea import SHAPE, SIGMA0, UTM

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


def document(bands, place="", tie_points=(), files="", virtual=()):
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
        for i, name in enumerate(tie_points)
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


def dimap(folder, bands, place="", tie_points=None, stem="S1A_IW_GRDH_1SDV_20210119T031653_Cal"):
    """Write a product; ``tie_points`` are grids of values by name."""
    tie_points = tie_points or {}
    files = "".join(
        f'<Data_File><DATA_FILE_PATH href="{stem}.data/{name}.hdr" /><BAND_INDEX>{i}</BAND_INDEX></Data_File>'
        for i, name in enumerate(bands)
    ) + "".join(
        f'<Tie_Point_Grid_File><TIE_POINT_GRID_FILE_PATH href="{stem}.data/tie_point_grids/{name}.hdr" />'
        f"<TIE_POINT_GRID_INDEX>{i}</TIE_POINT_GRID_INDEX></Tie_Point_Grid_File>"
        for i, name in enumerate(tie_points)
    )
    for name, values in bands.items():
        envi(folder / f"{stem}.data", name, values)
    for name, values in tie_points.items():
        envi(folder / f"{stem}.data" / "tie_point_grids", name, values)
    text = document(bands, place, tie_points, f"<Data_Access>{files}</Data_Access>", ("Sigma0_VV_db",))
    (folder / f"{stem}.dim").write_text(text)
    return folder / f"{stem}.dim"


def tagged(path, values, text, big_endian=False, big=False, grid=UTM):
    """Write a GeoTIFF without names of bands, and put the text into SNAP's tag."""
    options = ["ENDIANNESS=BIG" if big_endian else "ENDIANNESS=LITTLE", f"BIGTIFF={'YES' if big else 'NO'}"]
    write_geotiff(path, np.array(values, np.float32), grid, options=options)
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
