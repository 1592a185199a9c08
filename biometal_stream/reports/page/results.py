"""Results of observers, of any shape, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from biometal_stream.reports.page.figures import MISSING, Facts, Figure, Path, Unit
from biometal_stream.reports.showing import SAID, is_number, shown_columns, wholes_of, words_of

Cell: TypeAlias = str | Figure

Wholes: TypeAlias = Mapping[str, Path]
"""Where the numbers stand that counts and columns are shares of, by their names."""

MOST_RESULTS = 60
MOST_ROWS = 50
MOST_TABLES = 12
MOST_CELLS = 1500
_MOST_COLUMNS = 12
_DEEPEST = 4


@dataclass(frozen=True)
class ResultTable:
    """A table of a result.

    Attributes:
        title: What of the result it is; empty if it is all of it.
        headings: The headings; empty if rows are names and values.
        rows: The cells.
        left_out: Rows that are not shown.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0


@dataclass(frozen=True)
class Result:
    """What one observer has found.

    Attributes:
        name: Its name, such as ``summarize``.
        tables: Its tables; at most 12.
        open: Whether it is shown at once: it says itself how.
    """

    name: str
    tables: tuple[ResultTable, ...]
    open: bool = False


def results(facts: Facts) -> tuple[Result, ...]:
    """The results of a run, other than quality control."""
    found = []
    left = facts.most(MOST_CELLS)
    for name in tuple(facts.plain["results"])[: facts.most(MOST_RESULTS)]:
        tables: list[ResultTable] = []
        for table in _tables(facts, ("results", name), "", {}):
            left -= sum(map(len, table.rows))
            if left >= 0 and len(tables) < MOST_TABLES:
                tables.append(table)
        if tables:
            is_open = words_of(facts.at(("results", name))) is not None
            found.append(Result(facts.cut(name), tuple(tables), is_open))
    return tuple(found)


def _tables(facts: Facts, path: Path, title: str, wholes: Wholes) -> Iterator[ResultTable]:
    value = facts.at(path)
    if len(path) > _DEEPEST:
        return
    if _is_list(value):
        yield from _list(facts, path, title)
    elif not isinstance(value, Mapping):
        yield ResultTable(title, (), (("", _cell(facts, path)),))
    elif _is_columns(value):
        yield _columns(facts, path, title, wholes)
    else:
        wholes = {**wholes} | {name: (*path, whole) for name, whole in wholes_of(value).items()}
        words = words_of(value)
        yield from _numbers(facts, path, title, words, wholes)
        for name in ("tables",) if words else value:
            if _is_nested(value.get(name)) and value[name] and not (wholes and name in SAID):
                yield from _tables(facts, (*path, name), _title(title, name), wholes)


def _numbers(
    facts: Facts, path: Path, title: str, words: Mapping[str, str] | None, wholes: Wholes
) -> Iterator[ResultTable]:
    """The numbers of a result, and other single values, with their shares if any is a share."""
    value = facts.at(path)
    names = words or {name: name for name, each in value.items() if not _is_nested(each)}
    rows = [[facts.cut(label), _cell(facts, (*path, name))] for name, label in names.items()]
    if any(name in wholes for name in names):
        for row, name in zip(rows, names, strict=True):
            row.append(_share(facts, (*path, name), wholes[name]) if name in wholes else "")
    if rows:
        yield _table(facts, title, (), tuple(map(tuple, rows)))


def _title(title: str, name: str) -> str:
    """The title of a part of a result. Tables that a result has as such have theirs alone."""
    return ", ".join(part for part in (title, "" if name == "tables" else name) if part)


def _columns(facts: Facts, path: Path, title: str, wholes: Wholes) -> ResultTable:
    value = facts.at(path)
    columns = tuple(shown_columns(value, wholes))[:_MOST_COLUMNS]
    rows = tuple(
        tuple(
            _share(facts, (*path, name, row), wholes[name])
            if is_share
            else _cell(facts, (*path, name, row))
            for _, name, is_share in columns
        )
        for row in range(len(value[columns[0].name]))
    )
    return _table(facts, title, tuple(each.heading for each in columns), rows)


def _list(facts: Facts, path: Path, title: str) -> Iterator[ResultTable]:
    value = facts.at(path)
    if value and all(isinstance(each, Mapping) for each in value):
        names = tuple(dict.fromkeys(name for each in value for name in each))[:_MOST_COLUMNS]
        rows = tuple(
            tuple(_cell(facts, (*path, row, name)) if name in each else "" for name in names)
            for row, each in enumerate(value)
        )
        yield _table(facts, title, names, rows)
    elif value and all(_is_list(each) for each in value):
        rows = tuple(
            tuple(_cell(facts, (*path, row, column)) for column in range(len(each)))
            for row, each in enumerate(value)
        )
        yield _table(facts, title, (), tuple(row[:_MOST_COLUMNS] for row in rows))
    elif value:
        rows = tuple((_cell(facts, (*path, row)),) for row in range(len(value)))
        yield _table(facts, title, (), rows)


def _table(
    facts: Facts, title: str, headings: tuple[str, ...], rows: tuple[tuple[Cell, ...], ...]
) -> ResultTable:
    return ResultTable(
        facts.cut(title),
        tuple(map(facts.cut, headings)),
        rows[:MOST_ROWS],
        max(0, len(rows) - MOST_ROWS),
    )


def _unit(table: str, column: str) -> Unit | None:
    """The unit of a column of quality control; a standard error has that of what it belongs to."""
    if column == "standard_error":
        return "share" if table == "duplication_totals" else "percent"
    if column.endswith("percent"):
        return "percent"
    return "share" if column in {"rate", "sampled"} or column.endswith("share") else None


def _cell(facts: Facts, path: Path, unit: Unit | None = None) -> Cell:
    value = facts.at(path)
    if is_number(value):
        return facts.figure(path, unit=unit or ("count" if isinstance(value, int) else "decimal"))
    if value is None:
        return MISSING
    return facts.cut(str(value))


def _share(facts: Facts, path: Path, whole: Path) -> Cell:
    """A number as a share of another."""
    if not is_number(facts.at(path)):
        return MISSING
    return facts.figure(path, unit="share", wholes=[whole])


def _is_columns(value: Mapping[str, Any]) -> bool:
    """Whether it is a table by columns."""
    columns = list(value.values())
    return bool(columns) and all(
        _is_list(each) and len(each) == len(columns[0]) and not any(map(_is_nested, each))
        for each in columns
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _is_nested(value: Any) -> bool:
    return _is_list(value) or isinstance(value, Mapping)


def rows_as_table(facts: Facts, table: str) -> ResultTable | None:
    """A table of quality control at all places; ``None`` if it has no rows."""
    places = [place for place in facts.places if facts.rows(place, table)]
    if not places:
        return None
    names = list(facts.tables(places[0])[table])
    several = len(facts.places) > 1
    if all(set(facts.column(place, table, "group")) == {"reads"} for place in places):
        names.remove("group")
    rows = [
        (
            *((place,) if several else ()),
            *(
                _cell(facts, facts.cell(place, table, name, row), _unit(table, name))
                for name in names
            ),
        )
        for place in places
        for row in facts.rows(place, table)
    ]
    headings = (*(("place",) if several else ()), *(name.replace("_", " ") for name in names))
    return _table(facts, "", headings, tuple(rows))
