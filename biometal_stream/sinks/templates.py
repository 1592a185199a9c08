"""Names with fields, such as ``out/{sample}_R{mate}.fq.gz``, filled in with values of columns.

A field is the name of a column in braces; ``{{`` and ``}}`` stand for literal braces. Light:
imports nothing heavy.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.paths import plain_text

NULL = "unknown"
"""What replaces a null in the name of a file."""

LONGEST_NAME = 255
"""The longest name of a file or folder, in bytes, that every usual file system allows."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SHOWN = 40


class Template(NamedTuple):
    """A name with fields.

    Attributes:
        text: The name as it was typed.
        literals: The text before, between and after the fields; one more than there are fields.
        fields: The columns that fill it in, one or more, in order; a column may occur twice.
    """

    text: str
    literals: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, target: str) -> Template | None:
        """The template of a target; ``None`` if it has no fields.

        Raises:
            ConfigurationError: A brace is unmatched, a field is empty, or no file can have the
                name.
        """
        literals, fields = _parsed(target)
        if not fields:
            return None
        shown = "}" if target.endswith("}") else "/" if target.endswith("/") else ""
        if shown:
            raise ConfigurationError(
                f"{target}: a name with fields ends in '{shown}'; end it with a suffix that says"
                " the format, such as .fq.gz"
            )
        found = cls(target, tuple(literals), tuple(fields))
        after = target[len(escaped(literals[0])) :].split("/")
        for part in after:
            if part in {"", ".", ".."}:
                raise ConfigurationError(f"{target}: '{part}' is not allowed after a field")
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, each once."""
        return tuple(dict.fromkeys(self.fields))

    @property
    def folder(self) -> str:
        """The folder before the first field, which must exist; ``.`` for the current folder."""
        return os.path.dirname(self.literals[0]) or "."  # noqa: PTH120 - keeps a leading ./

    @property
    def pattern(self) -> str:
        """The template relative to `folder`."""
        folder = os.path.dirname(self.literals[0])  # noqa: PTH120 - as in `folder`
        return self.text[len(escaped(folder)) :].lstrip("/")

    def filled(self, **values: str) -> str:
        """The target with some fields filled in; a template if others are left."""
        text = escaped(self.literals[0])
        for field, literal in zip(self.fields, self.literals[1:], strict=True):
            text += escaped(values[field]) if field in values else f"{{{field}}}"
            text += escaped(literal)
        return text

    def name(self, values: Mapping[str, object]) -> str:
        """The path of the file for the values of one row, relative to `folder`.

        Args:
            values: The value of each column: text, an integer, a boolean, or ``None``.

        Raises:
            DataError: The name cannot be that of a file inside the folder.
        """
        path = self.literals[0]
        for field, literal in zip(self.fields, self.literals[1:], strict=True):
            path += _text_of(field, values[field]) + literal
        start = len(os.path.dirname(self.literals[0]))  # noqa: PTH120 - as in `folder`
        relative = path[start:].lstrip("/") if start or path.startswith("/") else path
        for part in relative.split("/"):
            self._check(part, values)
        return relative

    def _check(self, part: str, values: Mapping[str, object]) -> None:
        reason = ""
        if part in {"", ".", ".."}:
            reason = f"'{part}' is not the name of a file or folder"
        elif len(os.fsencode(part)) > LONGEST_NAME:
            reason = f"the name would be longer than {LONGEST_NAME} bytes"
        if reason:
            held = ", ".join(f"'{name}' holds {_shown(value)}" for name, value in values.items())
            columns = "columns" if len(values) > 1 else "column"
            raise DataError(f"{self.text}: {columns} {held}, and {reason}")


def literal(target: str) -> str:
    """The path that a target without fields means."""
    literals, _ = _parsed(target)
    return "".join(literals)


def escaped(path: str) -> str:
    """The target that means a path, whatever braces it contains."""
    return path.replace("{", "{{").replace("}", "}}")


def _parsed(target: str) -> tuple[list[str], list[str]]:
    literals, fields = [""], []
    end = 0
    for token in _TOKEN.finditer(target):
        literals[-1] += target[end : token.start()]
        end = token.end()
        if token[0] in {"{{", "}}"}:
            literals[-1] += token[0][0]
        elif len(token[0]) > 1:
            if not token[1]:
                raise ConfigurationError(
                    f"{target}: a field is empty; write a column between the braces, such as"
                    " {sample}"
                )
            fields.append(plain_text("a field", token[1]))
            literals.append("")
        else:
            raise ConfigurationError(
                f"{target}: a single '{token[0]}'; a field is the name of a column in braces, and"
                f" '{token[0] * 2}' stands for the brace itself"
            )
    literals[-1] += target[end:]
    return literals, fields


def _text_of(column: str, value: object) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    fault = ""
    if not text:
        fault = "which is empty"
    elif "/" in text:
        fault = "and a '/' would be read as a folder"
    elif "\0" in text:
        fault = "and a name cannot hold a NUL"
    else:
        try:
            os.fsencode(text)
        except UnicodeEncodeError:
            fault = "which the file system cannot encode"
    if fault:
        raise DataError(f"column '{column}' holds {_shown(value)}, {fault}: it cannot name a file")
    return text


def _shown(value: object) -> str:
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}... ({len(str(value))} characters)"
