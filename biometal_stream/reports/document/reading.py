"""Reads reports from JSON, and says what is wrong with text that is not one."""

from __future__ import annotations

import json
import re
from typing import Any

from biometal_stream.errors import ForeignInputError
from biometal_stream.reports.document.document import SCHEMA, Document

_NAME, _, _VERSION = SCHEMA.rpartition("/")


def read_document(text: bytes, path: str) -> Document:
    """The report in a file.

    Args:
        text: What the file holds.
        path: Its name, for messages.

    Raises:
        ForeignInputError: It is not a report, is truncated, or is of another version.
    """
    plain = _plain(text, path)
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if not isinstance(schema, str) or not schema.startswith(f"{_NAME}/"):
        raise ForeignInputError(f"{path}: not a report of biometal-stream{_instead(plain)}")
    if schema != SCHEMA:
        raise ForeignInputError(
            f"{path}: a report of version {schema.rpartition('/')[2]}; this biometal-stream reads"
            f" version {_VERSION}, so use the one that wrote it, or write the report again"
        )
    try:
        return Document.from_dict(plain)
    except ValueError as error:
        raise _damaged(path, error) from error


def require_consistent(document: Document, path: str) -> None:
    """Checks that tables can be made of the counts of a report.

    Args:
        document: A report that was read from a file.
        path: Its name, for messages.

    Raises:
        ForeignInputError: The counts contradict each other.
    """
    try:
        for quality in document.quality.values():
            _ = quality.tables
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise _damaged(path, f"its counts contradict each other: {error}") from error


def _damaged(path: str, why: object) -> ForeignInputError:
    said = re.sub(r"\s+", " ", str(why))[:200]
    return ForeignInputError(f"{path}: a damaged report: {said}")


def _plain(text: bytes, path: str) -> Any:
    if not text.strip():
        raise ForeignInputError(f"{path}: is empty; expected a report as JSON (--report x.json)")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        opens, closes = error.doc.lstrip()[:1], error.doc.rstrip()[-1:]
        if opens == "{" and closes != "}":
            what = "the JSON ends too early; the file is truncated"
        else:
            what = f"not JSON (line {error.lineno}, column {error.colno}: {error.msg})"
        raise ForeignInputError(f"{path}: {what}; expected a report (--report x.json)") from None
    except (UnicodeDecodeError, RecursionError):
        raise ForeignInputError(f"{path}: not JSON; expected a report (--report x.json)") from None


def _instead(plain: Any) -> str:
    """What a file of another kind is, if it can be known, and what to do."""
    keys = set(plain) if isinstance(plain, dict) else set()
    if {"stages", "wall"} <= keys:
        return " but its statistics (--stats); --report x.json writes a report"
    if {"summary", "read1_before_filtering"} <= keys:
        return " but fastp's JSON, which cannot be added; --report x.json writes a report"
    return "; --report x.json writes one"
