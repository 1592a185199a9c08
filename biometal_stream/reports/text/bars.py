"""Small bars and curves made of characters."""

from __future__ import annotations

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.-:=+*#"


def can_draw(encoding: str | None) -> bool:
    """Whether an encoding has the characters of bars.

    Args:
        encoding: The encoding of a stream; ``None`` if it is not known.
    """
    try:
        (_EIGHTHS + _LEVELS + "…").encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def bar(share: float, width: int, *, unicode: bool = True) -> str:
    """A bar of a share, from 0 to 1, padded to its full width. Some is never shown as nothing.

    Args:
        share: The share; it is cut to the range.
        width: The width of the whole, in characters.
        unicode: Whether to use more than ASCII.
    """
    share = min(max(share, 0.0), 1.0)
    if not unicode:
        full = max(round(share * width), int(share > 0))
        return ("#" * full).ljust(width)
    eighths = max(round(share * width * 8), int(share > 0))
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def curve(values: Sequence[float | None], low: float, high: float, *, unicode: bool = True) -> str:
    """A curve in one line: a character for each value, higher for a greater one.

    Args:
        values: The values; ``None`` is a gap.
        low: The value of the lowest character, and of all below it.
        high: The value of the highest.
        unicode: Whether to use more than ASCII.
    """
    levels = _LEVELS if unicode else _ASCII_LEVELS
    most = len(levels) - 1
    scale = most / (high - low) if high > low else 0.0
    return "".join(
        " " if value is None else levels[min(max(round((value - low) * scale), 0), most)]
        for value in values
    )


def thinned(
    values: Sequence[float | None], weights: Sequence[float], width: int
) -> list[float | None]:
    """The weighted means of neighbours, so that at most ``width`` values are left.

    Args:
        values: The values; ``None`` is left out of means.
        weights: The weight of each, such as its cycles.
        width: The most values.
    """
    if len(values) <= width:
        return list(values)
    means: list[float | None] = []
    for place in range(width):
        part = range(place * len(values) // width, (place + 1) * len(values) // width)
        known = [(values[i], weights[i]) for i in part if values[i] is not None]
        total = sum(weight for _, weight in known)
        means.append(sum(v * w for v, w in known if v is not None) / total if total else None)
    return means
