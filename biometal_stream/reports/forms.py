"""The forms of a report: each is made from the document alone, and a file's name says which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

STREAM = "-"

_GROUP_SUFFIXES = {"reads": "", "mate 1": "_R1", "mate 2": "_R2", "merged": "_merged"}
"""What FastQC's form adds to a name, by group of reads."""


@dataclass(frozen=True)
class Form:
    """One form of a report.

    Attributes:
        suffix: How a name ends that asks for it.
        about: What it is, for messages and help.
        make: Makes the files from a name and a document, by their names.
    """

    suffix: str
    about: str
    make: Callable[[str, Document], Mapping[str, bytes]]


def _page(path: str, document: Document) -> dict[str, bytes]:
    from biometal_stream.reports.page.render import render

    return {path: render(document).encode()}


def _fastp(path: str, document: Document) -> dict[str, bytes]:
    from biometal_stream.reports.fastp.shape import fastp_json

    return {path: fastp_json(document).encode()}


def _json(path: str, document: Document) -> dict[str, bytes]:
    return {path: document.to_json().encode()}


def _fastqc(path: str, document: Document) -> dict[str, bytes]:
    from biometal_stream.reports.fastqc.zip import fastqc_zip

    files = {}
    for place, group, name in fastqc_names(path, document):
        folder = name.removesuffix(".zip").rpartition("/")[2]
        files[name] = fastqc_zip(document, place, group, folder.removesuffix("_fastqc"))
    return files


def _parquet(path: str, document: Document) -> dict[str, bytes]:
    from biometal_stream.reports.tables.long import long_parquet

    return {path: long_parquet([document])}


def _text(path: str, document: Document) -> dict[str, bytes]:
    from biometal_stream.reports.text.report import WIDTH, text_report

    return {path: text_report(document, WIDTH).encode()}


FORMS = (
    Form(".html", "a page", _page),
    Form("fastp.json", "JSON as fastp writes it", _fastp),
    Form(".json", "JSON", _json),
    Form("_fastqc.zip", "FastQC's zip", _fastqc),
    Form(".parquet", "its tables", _parquet),
    Form(".txt", "text", _text),
)
"""All forms. The first whose suffix fits is meant."""


def form_of(path: str) -> Form:
    """The form that a file's name asks for; text for standard output.

    Raises:
        ConfigurationError: The name asks for none.
    """
    name = ".txt" if path == STREAM else path.lower()
    found = next((form for form in FORMS if name.endswith(form.suffix)), None)
    if found is None:
        known = ", ".join(f"x{_shown(form)} ({form.about})" for form in FORMS)
        raise ConfigurationError(f"{path}: the name gives no form of a report; write {known}")
    return found


def is_json(path: str) -> bool:
    """Whether a file's name asks for the JSON that all other forms can be made of."""
    return form_of(path).make is _json


def _shown(form: Form) -> str:
    return form.suffix if form.suffix[0] in "._" else f".{form.suffix}"


def contents(path: str, document: Document) -> Mapping[str, bytes]:
    """The files of a report, by their names: several if each mate has its own, as in FastQC's form.

    Args:
        path: The name, which gives the form; ``-`` for text.
        document: The report.

    Raises:
        ConfigurationError: The name gives no form, or the document has not what the form needs.
    """
    return form_of(path).make(path, document)


def fastqc_names(path: str, document: Document) -> Iterator[tuple[str, str, str]]:
    """Yields the files of FastQC's form: the place, the group of reads, and the file's name.

    The file of the name itself has the reads of the last place; the name of another place is
    added to it, as in ``x_before_fastqc.zip``.
    """
    for place, quality in document.quality.items():
        groups = [group for group in quality.state if group in _GROUP_SUFFIXES]
        for group in groups:
            yield place, group, fastqc_name(path, place, group, tuple(document.quality))


def fastqc_name(path: str, place: str, group: str, places: Sequence[str]) -> str:
    """The file of one place and group."""
    added = "" if place == places[-1] else f"_{place.replace(' ', '-').replace('/', '-')}"
    end = len(path) - len("_fastqc.zip")
    return f"{path[:end]}{_GROUP_SUFFIXES[group]}{added}{path[end:]}"
