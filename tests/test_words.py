"""Sentences that users and newcomers meet are plain English, and use the words of the glossary."""

import ast
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from biometal_stream.cli.commands import commands
from biometal_stream.cli.options import options_command
from tests.conftest import REPOSITORY
from tests.pages import pages

WORST = re.compile(
    r"\b(?:tells? what|nobody|(?<!lags )behind(?!\.)|beside"
    r"|(?<!there )(?:(?:is|are) no(?! (?:longer|more|larger|worse|better)|t\b)|is none))\b",
    re.IGNORECASE,
)
"""What our sentences had most of when they read like a translation."""

FOLDERS = ("biometal_stream", "operators", "models", "schemas")

DIALECT = re.compile(
    WORST.pattern + r"|(?<!one )(?<!each )(?<!several )\bof which\b"
    r"|\b(?:tells?|told|somebody|whoever|for ever|anew|so many|which is why|all the same"
    r"|as of `\w+|belongs to (?:one|the) thread|check sums?|take turns|by itself|where they lie)\b",
    re.IGNORECASE,
)
"""The same, and what would hit too much of the pages."""

WHOLE = (
    "*.py",
    *(
        f"{package}/**/*.py"
        for package in (
            "atomic",
            "cli",
            "codecs",
            "interop",
            "mates",
            "registry",
            "sinks",
            "sources",
        )
    ),
)
"""The modules that are checked in full."""


def first_lines() -> Iterator[tuple[str, str]]:
    """The first line of each docstring of the program, with its file and line."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for folder in FOLDERS:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, kinds) and (text := ast.get_docstring(node)):
                    line = getattr(node, "lineno", 1)
                    yield f"{path.relative_to(REPOSITORY)}:{line}", text.splitlines()[0]


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())


def test_no_dialect_in_docstrings_messages_and_comments() -> None:
    package = REPOSITORY / "biometal_stream"
    found = [
        f"{path.relative_to(package)}:{line}: {hit.group()}: {text[:200]}"
        for pattern in WHOLE
        for path in sorted(package.glob(pattern))
        if "kernels" not in path.parts and path.name != "kernels.py"
        for line, text in (*_strings(path), *_comments(path))
        for hit in DIALECT.finditer(text)
    ]
    assert not found, f"{len(found)} sentences to write again:\n" + "\n".join(found)


def helps() -> Iterator[tuple[str, str]]:
    """The help of each command."""
    for command in (*commands().values(), options_command()):
        context = click.Context(command, info_name=command.name)
        yield str(command.name), command.get_help(context)


def sentences() -> Iterator[tuple[str, str]]:
    """What the pages say, without their blocks and spans of code."""
    for page in pages():
        if page.name != "CHANGELOG.md":
            yield page.name, re.sub(r"`[^`]*`", "", page.prose)


@pytest.mark.parametrize("texts", [sentences, helps, first_lines], ids=lambda texts: texts.__name__)
def test_the_worst_does_not_come_back(texts) -> None:
    found = [
        f"{place}: …{text[max(0, hit.start() - 30) : hit.end() + 30]}…"
        for place, text in texts()
        for hit in WORST.finditer(text)
    ]
    assert not found, f"{len(found)} sentences to write again:\n" + "\n".join(found)


def test_moved_folders_are_read_once() -> None:
    assert not [path for path in FOLDERS if not Path(REPOSITORY, path).is_dir()]
