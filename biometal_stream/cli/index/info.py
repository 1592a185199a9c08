"""``index info``: what indexes say of themselves."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from biometal_stream.cli import figures
from biometal_stream.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from biometal_stream.indexing.info import IndexInfo

_FORMATS = {
    "compact": "compact, version {version}",
    "deacon": "deacon's format {version}",
    "frozen": "deacon's frozen filter, version {version}",
}


def print_info(paths: Sequence[str], *, as_json: bool) -> None:
    """Prints what indexes say of themselves, one after another.

    Args:
        paths: The files.
        as_json: Whether to print JSON: an object for one index, a list of them for several.

    Raises:
        InputError: A file is not an index, or is truncated.
    """
    from biometal_stream.indexing.info import index_info

    found = [index_info(path) for path in paths]
    if as_json:
        documents = [info.to_dict() for info in found]
        sys.stdout.write(
            json.dumps(documents[0] if len(documents) == 1 else documents, indent=2) + "\n"
        )
        return
    for info in found:
        print_table(info.path, ("", ""), list(_rows(info)), text=(0, 1))


def _rows(info: IndexInfo) -> Iterator[tuple[str, str]]:
    yield "format", _FORMATS[info.format].format(version=info.version)
    yield "k, w", f"{info.scheme.k}, {info.scheme.w}"
    yield "minimizers", figures.count(info.count)
    bits = f" ({8 * info.nbytes / info.count:.1f} bits each)" if info.count else ""
    yield "size", f"{figures.size(info.nbytes)}{bits}"
    rate = info.false_positive_rate
    yield "other k-mers found", f"{100 * rate:.2g} %" if rate else "none"
    about = info.about
    if "command" in about:
        yield "made by", f"index {about['command']}, {about.get('program', '')}"
    if "sources" in about:
        yield "of", ", ".join(map(str, about["sources"]))
    if "sequences" in about:
        sequences = figures.counted(about["sequences"], "sequences")
        yield "sequences", f"{sequences}, {figures.counted(about['bases'], 'bases')}"
