"""Formats numbers for people: counts, shares, times, bytes."""

from __future__ import annotations

import re


def count(number: float) -> str:
    """A whole number with thousands separators: ``1,234,567``."""
    return f"{number:,.0f}"


def rounded(number: float) -> str:
    """A number to three digits: ``512``, ``46.1 k``, ``1.29 M``."""
    unit = ""
    for larger in (" k", " M", " G"):
        if number < 999.5:
            break
        number /= 1000
        unit = larger
    digits = 0 if not unit or number >= 99.95 else 1 if number >= 9.995 else 2
    return f"{number:.{digits}f}{unit}"


def counted(number: int, things: str) -> str:
    """A number of things: ``1 bad record``, ``2 bad records``, ``1 file translated``."""
    if number == 1:
        things = re.sub(r"s\b", "", things, count=1)
    return f"{count(number)} {things}"


def share(part: float | None) -> str:
    """A share in per cent, ``93.2 %``; a dash for ``None``."""
    return "-" if part is None else f"{100 * part:.1f} %"


def seconds(duration: float) -> str:
    """A time in readable units: ``0.53 s``, ``12.3 s``, ``4 min 07 s``, ``2 h 05 min``."""
    if duration < 10:
        return f"{duration:.2f} s"
    if duration < 59.95:
        return f"{duration:.1f} s"
    return whole_seconds(duration)


def whole_seconds(duration: float) -> str:
    """An estimated time: ``12 s``, ``4 min 07 s``, ``2 h 05 min``."""
    whole = round(duration)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(number: float) -> str:
    """Bytes in decimal units, as usual for disks and rates: ``12.3 MB``."""
    unit = "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 999.5:
            break
        number /= 1000
        unit = larger
    if unit == "bytes":
        return f"{number:.0f} bytes"
    return f"{number:.1f} {unit}"
