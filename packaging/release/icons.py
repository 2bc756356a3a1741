"""The program's icon in every size a system asks for, drawn from `resources/icons/glmdesk.svg`."""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from release.places import ROOT

SVG = ROOT / "resources" / "icons" / "glmdesk.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
_ICO_SIZES = (16, 24, 32, 48, 64, 256)
# Apple's names for square PNG pictures of these sizes.
_ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09", 1024: b"ic10"}


def write_icons(folder: Path) -> None:
    """`glmdesk-SIZE.png`, `glmdesk.ico` and `glmdesk.icns` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        (folder / f"glmdesk-{size}.png").write_bytes(png(size))
    (folder / "glmdesk.ico").write_bytes(ico())
    (folder / "glmdesk.icns").write_bytes(icns())


def png(size: int) -> bytes:
    """The icon as a square PNG picture, `size` in pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(data.data())


def ico() -> bytes:
    """Windows' container: a directory of 16 bytes a picture, then the pictures."""
    pictures = [(size, png(size)) for size in _ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    head, body = struct.pack("<HHH", 0, 1, len(pictures)), b""
    for size, data in pictures:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset + len(body))
        body += data
    return head + body


def icns() -> bytes:
    """Apple's container: type and length before every picture."""
    body = b""
    for size, kind in _ICNS_TYPES.items():
        data = png(size)
        body += kind + struct.pack(">I", len(data) + 8) + data
    return b"icns" + struct.pack(">I", len(body) + 8) + body
