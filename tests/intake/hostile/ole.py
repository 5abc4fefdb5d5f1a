"""A compound file (MS-CFB) around given streams: the container of old and of encrypted workbooks."""

from __future__ import annotations

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Version 3, one FAT sector; each stream is padded past the mini-stream cut-off of 4096 bytes."""
    padded = {
        name: data.ljust(max(4096, -(-len(data) // SECTOR) * SECTOR), b"\0") for name, data in streams.items()
    }
    directory_sectors = -(-(len(padded) + 1) // 4)
    chains = list(range(1, directory_sectors))
    fat = [FAT, *(n + 1 for n in chains), END]
    starts, body = {}, b""
    for name, data in padded.items():
        starts[name] = len(fat)
        count = len(data) // SECTOR
        fat += [*range(len(fat) + 1, len(fat) + count), END]
        body += data
    assert len(fat) <= SECTOR // 4, "one FAT sector holds 128 entries"
    fat += [FREE] * (SECTOR // 4 - len(fat))

    names = sorted(padded, key=lambda name: (len(name), name.upper()))
    entries = _entry("Root Entry", 5, child=1 if names else FREE, start=END, size=0)
    for place, name in enumerate(names, start=1):
        right = place + 1 if place < len(names) else FREE
        entries += _entry(name, 2, right=right, start=starts[name], size=len(padded[name]))
    entries = entries.ljust(directory_sectors * SECTOR, b"\0")

    header = bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    return header + struct.pack(f"<{SECTOR // 4}I", *fat) + entries + body


def _entry(name: str, kind: int, *, start: int, size: int, right: int = FREE, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)
