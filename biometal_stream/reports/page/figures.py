"""Numbers of the page, each with its place in the JSON document.

Every number in the text of the page is a `Figure`. It is looked up in the document, never passed
in, so the page shows what the JSON says; a test follows each one back from the page in a browser.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from biometal_stream.reports.page.texts import LONGEST, cut

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices that lead to a number of the document.

A path that ends with a column of a table and the name of a group of reads leads to the sum of the
column over the group. On the page a place, and a very long key, is the number of its entry, from 0.
"""

Unit = Literal["count", "short", "percent", "share", "decimal", "tenths"]

MOST_PLACES = 6
"""Places of quality control on a page."""

MISSING = "\N{EN DASH}"
SPACE = "\N{NARROW NO-BREAK SPACE}"
_LONGEST_KEY = 40
_LEAST_PERCENT = 1e-6
_SIZES = ((1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T"))
_HUGE = 999.5e12


@dataclass(frozen=True)
class Figure:
    """A number as the page shows it.

    Attributes:
        value: The number; ``None`` if the document has none.
        text: The number in words of the page, such as ``95.2 %``.
        parts: Where the numbers stand that add up to it.
        wholes: Where those stand that the sum is divided by; empty if it is not a share.
        unit: How it is written: ``count``; ``short``, such as 15.2 M; ``percent``, of 0 to 100;
            ``share``, of 0 to 1 and shown in percent; ``decimal``, with two digits; ``tenths``,
            with one.
    """

    value: float | None
    text: str
    parts: tuple[Path, ...]
    wholes: tuple[Path, ...]
    unit: Unit


@dataclass(frozen=True)
class Facts:
    """The document, as the source of figures.

    Attributes:
        plain: The document as plain objects: see `Document.to_dict`.
        longest: Characters of a text of others that are shown.
    """

    plain: Mapping[str, Any]
    longest: int = LONGEST[0]

    def cut(self, text: str, times: int = 1) -> str:
        """A text of others, short enough to be shown.

        Args:
            text: The text.
            times: How many times as long as a name it may be.
        """
        return cut(text, times * self.longest)

    def most(self, number: int) -> int:
        """How many of something are shown; fewer than the number where texts are cut shorter."""
        return max(1, number * self.longest // LONGEST[0])

    def at(self, path: Path) -> Any:
        """What stands at a place of the document."""
        found: Any = self.plain
        for key in path:
            found = found[key]
        return found

    def figure(self, *parts: Path, unit: Unit, wholes: Sequence[Path] = ()) -> Figure:
        """The sum of some numbers of the document, divided by the sum of others."""
        value = self._sum(parts)
        if wholes:
            whole = self._sum(wholes)
            value = value / whole if value is not None and whole else None
        shown, of = (tuple(map(self._short, paths)) for paths in (parts, wholes))
        return Figure(value, written(value, unit), shown, of, unit)

    def _short(self, path: Path) -> Path:
        keys = [
            list(self.at(path[:place])).index(key)
            if isinstance(key, str)
            and (len(key) > min(_LONGEST_KEY, self.longest) or path[:place] == ("quality",))
            else key
            for place, key in enumerate(path)
        ]
        return tuple(keys)

    def _sum(self, paths: Sequence[Path]) -> float | None:
        numbers = [number for path in paths for number in self._numbers(path)]
        return None if not numbers or None in numbers else sum(numbers)

    def _numbers(self, path: Path) -> list[Any]:
        found, last = self.at(path[:-1]), path[-1]
        if not (isinstance(found, list) and isinstance(last, str)):
            return [found[last]]
        groups = self.at((*path[:-2], "group"))
        return [each for each, group in zip(found, groups, strict=True) if group == last]

    @property
    def places(self) -> tuple[str, ...]:
        """The places of quality control that are shown: of many, the first ones and the last."""
        places = tuple(self.plain["quality"])
        return places if len(places) <= MOST_PLACES else (*places[: MOST_PLACES - 1], places[-1])

    @property
    def places_left_out(self) -> int:
        """The number of other places."""
        return len(self.plain["quality"]) - len(self.places)

    def tables(self, place: str) -> Mapping[str, Mapping[str, Sequence[Any]]]:
        """The tables of a place, as columns."""
        found: Mapping[str, Mapping[str, Sequence[Any]]] = self.plain["quality"][place]["tables"]
        return found

    def rows(self, place: str, table: str, group: str | None = None) -> list[int]:
        """The rows of a group of reads, or all rows; none if there is no such table."""
        groups = self.tables(place).get(table, {"group": ()})["group"]
        if group is None or groups.count(group) == len(groups):
            return list(range(len(groups)))
        return [row for row, each in enumerate(groups) if each == group]

    def cell(self, place: str, table: str, column: str, row: int) -> Path:
        """Where a cell of a table stands."""
        return ("quality", place, "tables", table, column, row)

    def cells(self, place: str, table: str, column: str, group: str) -> Path:
        """Where a column of a table stands, for one group of reads."""
        return ("quality", place, "tables", table, column, group)

    def column(self, place: str, table: str, column: str) -> Sequence[Any]:
        """A column of a table."""
        return self.tables(place)[table][column]


def written(value: float | None, unit: Unit) -> str:
    """A number in words of the page. Rounding never turns some into none, or most into all."""
    if value is None or not math.isfinite(value):
        return MISSING
    if unit == "share":
        return _percent(100 * value)
    if unit == "percent":
        return _percent(value)
    if abs(value) >= _HUGE:
        return f"{value:.2e}"
    if unit == "decimal":
        return f"{value:.2g}" if 0 < abs(value) < 0.01 else f"{value:,.2f}"
    if unit == "tenths":
        return f"{value:,.1f}"
    if unit == "short" and value >= 1e4:
        return _short(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _short(value: float) -> str:
    size, name = next(each for each in _SIZES if value < 999.5 * each[0])
    return f"{value / size:#.3g}".removesuffix(".") + f"{SPACE}{name}"


def _percent(value: float) -> str:
    """With one digit, or as many as a number near 0 or 100 needs."""
    if value in {0, 100}:
        return f"{value:.0f}{SPACE}%"
    gap = min(abs(value), abs(100 - value))
    if gap < _LEAST_PERCENT:
        near = f"<{SPACE}{_LEAST_PERCENT:f}" if value < 1 else f">{SPACE}{100 - _LEAST_PERCENT:f}"
        return f"{near}{SPACE}%"
    if gap >= 0.1:
        return f"{value:.1f}{SPACE}%"
    return f"{value:.{1 - math.floor(math.log10(gap))}f}".rstrip("0") + f"{SPACE}%"
