"""Numbers and names as text that is safe on a terminal."""

from __future__ import annotations


def number(value: float | None, digits: int = 0, unit: str = "") -> str:
    """A number with thousands separators; a dash for ``None``."""
    return "-" if value is None else f"{value:,.{digits}f}{unit}"


def shown(text: str, most: int = 1000) -> str:
    """Text without characters that control a terminal, shortened to so many characters."""
    if not text.isprintable():
        text = text.encode("unicode_escape", "backslashreplace").decode()
    return text if len(text) <= most else f"{text[: most - 3]}..."
