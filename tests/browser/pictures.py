"""Files to send, made here."""

from __future__ import annotations

import struct
import zlib

from playwright.async_api import FilePayload


def png(width: int = 48, height: int = 36) -> bytes:
    """A PNG that looks a little like a photo of a screen."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            band = 40 if (y // 18) % 3 else 90
            rows += bytes((20 + band * x // width, 60 + band, 90 + 120 * y // height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows))) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_file(name: str = "截图.png", width: int = 48, height: int = 36) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": png(width, height)}


def pdf_file(name: str = "流水.pdf", size: int = 2000) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n".ljust(size, b"0")}


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
