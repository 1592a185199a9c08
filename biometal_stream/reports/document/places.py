"""The names of the places at which quality control counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from biometal_stream.reports.quality.result import Quality

ALONE, BEFORE, AFTER = "reads", "before", "after"


def by_place(results: Iterable[object]) -> Mapping[str, Quality]:
    """The results of quality control by place, each with its name.

    A place has the name that it was given. Otherwise one alone is ``reads``. Of several, the first
    is ``before`` and the last ``after``; those between are ``step 2``, ``step 3``. A name that
    occurs again gets a number.

    Args:
        results: The results of a run, in the order of its steps; other results are left out.
    """
    found = [each for each in results if isinstance(each, Quality)]
    places: dict[str, Quality] = {}
    for number, quality in enumerate(found, 1):
        name = _unused(quality.place or _name(number, len(found)), places)
        places[name] = replace(quality, place=name)
    return places


def _name(number: int, of: int) -> str:
    if of == 1:
        return ALONE
    return {1: BEFORE, of: AFTER}.get(number, f"step {number}")


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} {number}"
    return found
