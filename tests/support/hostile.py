# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that would have GDAL ask a server, and a server that notices."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Union


class Listener:
    """A server on this machine that refuses everything and counts who asked."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(20)
        self.asked = 0
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.asked += 1
            connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
            connection.close()

    def close(self) -> None:
        # Closed while it waits, the thread would go on waiting.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def raster(self) -> str:
        return f"/vsicurl/{self.url}/x.tif"

    def services(self) -> dict[str, str]:
        """Texts that describe a server, by the format that GDAL takes them for."""
        return {
            "WMS": f'<GDAL_WMS><Service name="TMS"><ServerUrl>{self.url}/${{z}}.png</ServerUrl></Service>'
            "<DataWindow><UpperLeftX>4e5</UpperLeftX><UpperLeftY>51e5</UpperLeftY><LowerRightX>5e5"
            "</LowerRightX><LowerRightY>50e5</LowerRightY><TileLevel>0</TileLevel></DataWindow>"
            "<Projection>EPSG:32630</Projection><BandsCount>1</BandsCount></GDAL_WMS>",
            "WMTS": f"<GDAL_WMTS><GetCapabilitiesUrl>{self.url}/wmts</GetCapabilitiesUrl></GDAL_WMTS>",
            "WCS": f"<WCS_GDAL><ServiceURL>{self.url}/wcs</ServiceURL><CoverageName>a</CoverageName>"
            "</WCS_GDAL>",
        }


@contextmanager
def nobody_asked() -> Iterator[Listener]:
    """Give a listener, which must not have been asked for anything at the end."""
    listener = Listener()
    try:
        yield listener
    finally:
        listener.close()
    assert listener.asked == 0


def view(source: object, width: Union[int, str] = 80, affine: str = "5e5,100,0,5e6,0,-100") -> str:
    """Return the text of a virtual raster of 60 lines in UTM 32N."""
    return (
        f'<VRTDataset rasterXSize="{width}" rasterYSize="60"><SRS>EPSG:32632</SRS><GeoTransform>{affine}'
        '</GeoTransform><VRTRasterBand dataType="Float32" band="1"><Description>Sigma0_VV</Description>'
        f'<SimpleSource><SourceFilename relativeToVRT="0">{source}</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )


def overviews_at(path: str) -> str:
    """Return metadata, for a file beside a raster, that say where its overviews are."""
    return (
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW&#95;FILE">'
        f"{path}</MDI></Metadata></PAMDataset>"
    )
