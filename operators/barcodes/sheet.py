"""Sample sheets: the names of samples and their barcodes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.operators.barcodes.structure import complement

MOST_BASES = 64
_LONGEST_NAME = 200  # file names have 255 bytes, and more than the sample in them
_NAMES = ("sampleid", "samplename", "sample", "name", "id")
_FIRST = ("barcode", "barcodesequence", "barcode1", "index", "index1", "i7", "i7index", "indexi7")
_SECOND = ("barcode2", "index2", "i5", "i5index", "indexi5")
_SECTION = re.compile(r"\[(\w+)\],*\s*")
_DATA = ("bclconvertdata", "data", "cloudsettingsdata")
_BASES = re.compile("[ACGTN]+")


@dataclass(frozen=True)
class SampleSheet:
    """The samples of a run.

    Attributes:
        path: The file, for messages.
        samples: Their names.
        parts: The barcode of each, in one part or two: index 1 and index 2.
    """

    path: str
    samples: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]

    @property
    def barcodes(self) -> tuple[str, ...]:
        """The barcode of each sample, its parts one after another."""
        return tuple(map("".join, self.parts))

    @property
    def lengths(self) -> tuple[int, ...]:
        """The number of bases of each part."""
        return tuple(map(len, self.parts[0]))


@dataclass(frozen=True)
class _Row:
    line: int
    sample: str
    parts: tuple[str, ...]
    lane: str = ""


def read_sheet(path: str, *, lane: int | None = None, turn_index_2: bool = False) -> SampleSheet:
    """Reads a sample sheet.

    It is a table with a heading, separated by tabs or commas, as fqtk takes it (``sample_id``,
    ``barcode``) or with two barcodes (``barcode_1``, ``barcode_2``, also ``index``, ``index2``,
    ``i7``, ``i5``), or one without a heading, of names and barcodes; or Illumina's
    ``SampleSheet.csv``, version 1 or 2.

    Args:
        path: The file.
        lane: The lane, of sheets with a column ``Lane``; by default all.
        turn_index_2: Whether to reverse-complement the second barcodes.

    Raises:
        InputError: The file cannot be read.
        ConfigurationError: It is no sample sheet, or its samples are not what they must be.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: not a sample sheet: it is not text") from None
    rows = list(_rows(path, text, lane))
    if not rows:
        which = "" if lane is None else f" of lane {lane}"
        raise ConfigurationError(f"{path}: there is no sample{which} in the sheet")
    if turn_index_2:
        rows = [_turned(path, row) for row in rows]
    return _checked(path, rows)


def _rows(path: str, text: str, lane: int | None) -> Iterator[_Row]:
    lines = list(enumerate(text.splitlines(), 1))
    if any(_SECTION.fullmatch(line) for _, line in lines):
        lines = _section(path, lines)
    lines = [(n, line) for n, line in lines if line.strip(" ,\t") and not line.startswith("#")]
    if not lines:
        return
    separator = next((each for each in "\t,;" if each in lines[0][1]), None)
    table = [(number, _cells(line, separator)) for number, line in lines]
    heading = [re.sub("[^a-z0-9]", "", cell.lower()) for cell in table[0][1]]
    sample, first, second = (_column(heading, names) for names in (_NAMES, _FIRST, _SECOND))
    if sample is None or first is None:
        sample, first, second = _without_heading(path, table)
    else:
        table = table[1:]
    lanes = _column(heading, ("lane",))
    for number, cells in table:
        if lane is not None and lanes is not None and _cell(cells, lanes) != str(lane):
            continue
        barcode = _cell(cells, first).upper()
        other = "" if second is None else _cell(cells, second).upper()
        parts = tuple(re.split(r"[-+]", barcode)) if barcode else ()
        here = "" if lanes is None else _cell(cells, lanes)
        yield _Row(number, _cell(cells, sample), (*parts, other) if other else parts, here)


def _section(path: str, lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines of the section with the samples of an Illumina sheet."""
    sections: dict[str, list[tuple[int, str]]] = {}
    here: list[tuple[int, str]] = []
    for number, line in lines:
        found = _SECTION.fullmatch(line)
        if found:
            here = sections.setdefault(found[1].lower().replace("_", ""), [])
        else:
            here.append((number, line))
    for name in _DATA:
        if name in sections:
            return sections[name]
    raise ConfigurationError(f"{path}: expected a section [Data] or [BCLConvert_Data]")


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return line.split()
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]


def _column(heading: list[str], names: tuple[str, ...]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _without_heading(path: str, table: list[tuple[int, list[str]]]) -> tuple[int, int, int | None]:
    """The columns of a table of names and barcodes, which has no heading."""
    number, cells = table[0]
    barcodes = [cell.upper() for cell in cells[1:]]
    if len(cells) not in {2, 3} or not all(
        re.fullmatch("[ACGTN]+([-+][ACGTN]+)?", barcode) for barcode in barcodes
    ):
        raise ConfigurationError(
            f"{path}: line {number}: expected a heading with sample_id and barcode, or sample_id,"
            f" barcode_1 and barcode_2, not {', '.join(cells)!r}"
        )
    return 0, 1, 2 if len(cells) == 3 else None


def _turned(path: str, row: _Row) -> _Row:
    if len(row.parts) < 2:
        raise ConfigurationError(
            f"{path}: line {row.line}: sample '{row.sample}' has no second barcode to"
            " reverse-complement"
        )
    return replace(row, parts=(*row.parts[:-1], complement(row.parts[-1])))


def _checked(path: str, rows: list[_Row]) -> SampleSheet:
    """The sheet of rows whose samples are what they must be."""
    by_name: dict[str, _Row] = {}
    by_barcode: dict[str, _Row] = {}
    for row in rows:
        where = f"{path}: line {row.line}"
        _check_name(where, row.sample)
        _check_parts(where, row, rows[0])
        known = by_name.get(row.sample)
        if known is not None and known.parts == row.parts:
            continue  # the same in another lane
        if known is not None:
            raise ConfigurationError(
                f"{where}: sample '{row.sample}' is there twice, also in line {known.line}, with"
                f" other barcodes; a sample has one{_lanes(row, known)}"
            )
        other = by_barcode.get("".join(row.parts))
        if other is not None:
            raise ConfigurationError(
                f"{where}: samples '{other.sample}' and '{row.sample}' have the same barcode,"
                f" {'-'.join(row.parts)}{_lanes(row, other)}"
            )
        by_name[row.sample] = by_barcode["".join(row.parts)] = row
    return SampleSheet(path, tuple(by_name), tuple(row.parts for row in by_name.values()))


def _lanes(one: _Row, two: _Row) -> str:
    """What to do if two rows are of two lanes."""
    if one.lane == two.lane:
        return ""
    return f"; these are of lanes {two.lane} and {one.lane}: give the lane that is read"


def _check_name(where: str, name: str) -> None:
    if not name:
        raise ConfigurationError(f"{where}: a sample without a name")
    reason = why_no_file(name)
    if reason is not None:
        raise ConfigurationError(f"{where}: sample {name!r} cannot name a file: {reason}")


def why_no_file(name: str) -> str | None:
    """Why a name of a sample cannot be that of a file; ``None`` if it can."""
    strange = next((letter for letter in name if letter == "/" or not letter.isprintable()), None)
    if strange is not None:
        return f"it has {strange!r}"
    if name in {"", ".", ".."}:
        return "it means a folder" if name else "it is empty"
    if len(name.encode()) > _LONGEST_NAME:
        return f"it has more than {_LONGEST_NAME} bytes"
    return None


def _check_parts(where: str, row: _Row, first: _Row) -> None:
    if not row.parts or not all(row.parts):
        raise ConfigurationError(f"{where}: sample '{row.sample}' has no barcode")
    for part in row.parts:
        if not _BASES.fullmatch(part):
            raise ConfigurationError(
                f"{where}: sample '{row.sample}': a barcode is bases A, C, G, T, and N for any:"
                f" {part}"
            )
    lengths, wanted = (tuple(map(len, each.parts)) for each in (row, first))
    if lengths != wanted:
        shown, expected = (" and ".join(map(str, each)) for each in (lengths, wanted))
        raise ConfigurationError(
            f"{where}: sample '{row.sample}' has barcodes of {shown} bases, and '{first.sample}' of"
            f" {expected}; all must have the same lengths"
        )
    if len(lengths) > 4 or sum(lengths) > MOST_BASES:
        raise ConfigurationError(
            f"{where}: sample '{row.sample}' has {sum(lengths)} bases of barcodes; {MOST_BASES} are"
            " the most"
        )
