"""What a result says of how its numbers are shown: in words, and with shares.

It says so in two mappings of texts, which are written to JSON with it:

- ``shown`` names the numbers that are shown, and what each is called. Other numbers are shown only
  in tables.
- ``shares`` names counts, and columns of tables, and the number that each is a share of. Shares
  are computed when they are shown, so that the counts of runs still add up.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeGuard

from biometal_stream.reports.safe import number

SAID = ("shown", "shares")
"""What a result says of how it is shown."""


class Column(NamedTuple):
    """A column of a table as it is shown.

    Attributes:
        heading: The heading.
        name: The column whose values it has.
        is_share: Whether it has these as shares.
    """

    heading: str
    name: str
    is_share: bool


def shown_columns(names: Iterable[str], wholes: Container[str]) -> Iterator[Column]:
    """Yields the columns of a table, each count followed by its share.

    Args:
        names: The columns that there are.
        wholes: Those that have shares.
    """
    for name in names:
        yield Column(name, name, is_share=False)
        if name in wholes:
            yield Column("share", name, is_share=True)


def shown_table(
    columns: Mapping[str, Sequence[Any]], result: object, cell: Callable[[Any], str], most: int
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The headings and the first rows of a table as text, with the shares of its counts.

    Args:
        columns: The table.
        result: The result that it is of, or what JSON has of it.
        cell: Writes a value.
        most: The most rows.
    """
    wholes = {name: part_of(result, whole) for name, whole in wholes_of(result).items()}
    shown = list(shown_columns(columns, wholes))
    cells = [
        [share(value, wholes[name]) if is_share else cell(value) for value in columns[name][:most]]
        for _, name, is_share in shown
    ]
    return [column.heading for column in shown], list(zip(*cells, strict=True))


def words_of(result: object) -> dict[str, str] | None:
    """The numbers of a result that are shown, and what they are called; ``None`` if all are.

    Args:
        result: A result, or what JSON has of it.
    """
    shown = _texts(part_of(result, "shown")).items()
    return {name: words for name, words in shown if is_number(part_of(result, name))} or None


def wholes_of(result: object) -> dict[str, str]:
    """The counts and columns of a result that are shown with their share, and of which number.

    Args:
        result: A result, or what JSON has of it.
    """
    shares = _texts(part_of(result, "shares"))
    return {name: whole for name, whole in shares.items() if is_number(part_of(result, whole))}


def part_of(result: object, name: str) -> Any:
    """A part of a result, or of what JSON has of it; ``None`` if there is none."""
    return result.get(name) if isinstance(result, Mapping) else getattr(result, name, None)


def share(part: object, whole: object) -> str:
    """A share in percent, ``26.12 %``; a dash if there is no such share."""
    if not (is_number(part) and is_number(whole) and whole):
        return number(None)
    return number(100 * part / whole, 2, " %")


def _texts(value: object) -> Mapping[str, str]:
    """A mapping of texts; an empty one for anything else."""
    if not isinstance(value, Mapping):
        return {}
    return value if all(isinstance(x, str) for each in value.items() for x in each) else {}


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number, and not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)
