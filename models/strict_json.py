"""Strict parsing of JSON from strangers, and its values in messages."""

from __future__ import annotations

import json
import math
import reprlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

MOST_SHOWN = 60
"""The most characters of a value in a message."""

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = MOST_SHOWN
_BRIEF.maxlist = _BRIEF.maxdict = 10
_BRIEF.maxlevel = 3

_LONGEST_NUMBER = 20  # digits of a 64-bit number, and a sign


def parse_json(text: str | bytes) -> Any:
    """Parses JSON.

    Raises:
        ValueError: It is not JSON, is nested too deeply, repeats a key, or has a number that
            other programs cannot read.
    """
    try:
        values = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_no_number,
            parse_int=_whole,
            parse_float=_finite,
        )
        json.dumps(values, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} in line {error.lineno}, column {error.colno}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}") from error
    except UnicodeEncodeError as error:
        raise ValueError("it has half of a character, as \\ud800 is") from error
    return values


def shown(value: object) -> str:
    """A value for a message, shortened to some 60 characters."""
    if isinstance(value, int) and value.bit_length() > 4 * MOST_SHOWN:  # Python refuses to print it
        return f"a number of {math.ceil(value.bit_length() * math.log10(2)):,} digits"
    return cut(_BRIEF.repr(list(value) if isinstance(value, tuple) else value))


def listed(names: Sequence[str]) -> str:
    """Names for a message: the first ten of them."""
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


def cut(text: str) -> str:
    """The start of a text."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a number of JSON")


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"it has a number of {len(text):,} digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {cut(text)} is too large")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = next(key for key, number in counts.items() if number > 1)
        raise ValueError(f"the key {shown(repeated)} stands there twice")
    return values
