"""Parts of pages that the bench writes, each between two comments that name it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


class NoPartError(Exception):
    """A page has no such part."""


def replace_part(page: Path, name: str, text: str) -> None:
    """Replaces what stands between ``<!-- begin: NAME -->`` and ``<!-- end: NAME -->``.

    Raises:
        NoPartError: The page has no such comments, or several.
    """
    begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->\n"
    old = page.read_text(encoding="utf-8")
    if old.count(begin) != 1 or old.count(end) != 1 or old.index(begin) > old.index(end):
        raise NoPartError(f"{page}: expected one part between {begin.strip()} and {end.strip()}")
    before, _, rest = old.partition(begin)
    after = rest.partition(end)[2]
    page.write_text(f"{before}{begin}\n{text.rstrip()}\n\n{end}{after}", encoding="utf-8")


def write_or_print(
    arguments: Sequence[str], name: str, markdown: Callable[[dict[str, Any]], str]
) -> int:
    """Makes a part from the figures in a file, and writes it to a page, or prints it.

    Args:
        arguments: The file, and where it is to be written the page.
        name: The part's name.
        markdown: Makes the part.

    Returns:
        The exit status.
    """
    if len(arguments) not in {1, 2}:
        sys.stderr.write(f"usage: python -m benches.peers.{name} BENCH.json [PAGE.md]\n")
        return 2
    text = markdown(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    if len(arguments) == 1:
        sys.stdout.write(text)
        return 0
    try:
        replace_part(Path(arguments[1]), name, text)
    except (NoPartError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
