"""Gives functions that read files a source's options by name, from one dataclass.

The dataclass defines the name, type, default, choices and meaning of each option once
(`biometal_stream.settings.option`). The signature and the docstring of the reading function, the
command line, Ray and Spark are derived from it.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, ParamSpec, Protocol, TypeAlias, TypeVar, cast

from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import Setting, check_names, setting_of

Input: TypeAlias = str | os.PathLike[str] | BinaryIO
"""A file's path, ``-`` for standard input, or a binary file object."""

Inputs: TypeAlias = Input | Iterable[Input]
"""One input, or several to be read one after another."""

IN_STEP = {"mate": 1, "index": 2}
"""The options that name files to be read in step with the reads: how many, at most, for each file
of reads."""

P = ParamSpec("P")
Options = TypeVar("Options")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class Reader(Protocol[P, Result_co]):
    """A function that reads files and takes a source's options by name."""

    def __call__(self, paths: Inputs, /, *args: P.args, **options: P.kwargs) -> Result_co:
        """Starts reading files."""


def takes(
    options: Callable[P, Options],
) -> Callable[[Callable[[Inputs, Options], Result]], Reader[P, Result]]:
    """Makes a function of paths and options take the options by name.

    Editors and type checkers see the names, types and defaults of the options' class; so do
    `inspect.signature` and `help`.

    Args:
        options: A dataclass whose fields are all keyword-only.
    """
    known = {field.name: field for field in dataclasses.fields(cast("Any", options))}

    def decorate(read: Callable[[Inputs, Options], Result]) -> Reader[P, Result]:
        name = getattr(read, "__name__", "read")

        @functools.wraps(read)
        def call(paths: Inputs, *more: object, **given: Any) -> Result:
            if more:
                mates = (
                    f"write {name}(R1, mate=R2) for mates, and " if "mate" in known else "write "
                )
                raise TypeError(
                    f"{name} takes one argument by position: {mates}{name}([A, B]) for files that"
                    " are read one after another"
                )
            check_names(name, given, known)
            return read(paths, cast("Callable[..., Options]", options)(**given))

        described = cast("Any", call)
        described.__signature__ = _signature(read, known)
        described.__doc__ = _described(read.__doc__, known)
        return cast("Reader[P, Result]", call)

    return decorate


def _signature(
    read: Callable[..., Any], known: Mapping[str, dataclasses.Field[Any]]
) -> inspect.Signature:
    own = inspect.signature(read)
    paths = next(iter(own.parameters.values()))
    keywords = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=field.type
        )
        for name, field in known.items()
    ]
    return own.replace(parameters=[paths, *keywords])


def _described(doc: str | None, known: Mapping[str, dataclasses.Field[Any]]) -> str | None:
    """The docstring with a line for each option instead of the single line for all of them."""
    if doc is None:  # under python -OO
        return None
    about = "\n".join(f"        {name}: {sentence(field)}" for name, field in known.items())
    lines = [about if line.startswith("        options: ") else line for line in doc.split("\n")]
    return "\n".join(lines)


def sentence(field: dataclasses.Field[Any]) -> str:
    """The meaning of an option, with its choices and its default."""
    setting = setting_of(field)
    facts = []
    if setting.choices:
        facts.append(", ".join(f"``{choice}``" for choice in setting.choices))
    if field.default not in (None, (), False):
        shown = f"{field.default:,}" if isinstance(field.default, int) else field.default
        facts.append(f"default {shown}{f' {setting.unit}' if setting.unit else ''}")
    return f"{setting.help} ({'; '.join(facts)})." if facts else setting.help


def shared_options(options: type[Any]) -> dict[str, Setting]:
    """The options that engines with several processes can take.

    If one choice needs a local option of the same name, such as ``quarantine``, it is left out.
    """
    settings = {field.name: setting_of(field) for field in dataclasses.fields(options)}
    local = {name for name, setting in settings.items() if setting.local}
    return {
        name: setting._replace(choices=tuple(each for each in setting.choices if each not in local))
        for name, setting in settings.items()
        if name not in local
    }


def check_choices(options: Any) -> None:
    """Checks the options that are limited to some words.

    Raises:
        ConfigurationError: A value is not one of them.
    """
    for field in dataclasses.fields(options):
        setting = field.metadata and setting_of(field)
        value = getattr(options, field.name)
        if setting and setting.choices and value not in setting.choices:
            raise ConfigurationError(
                f"{field.name} must be one of {', '.join(setting.choices)}: {value!r}"
            )


def several(what: str, inputs: Inputs | None) -> tuple[Input, ...]:
    """The inputs as a tuple; ``None`` is the empty tuple.

    Args:
        what: The name of the inputs in messages.
        inputs: One, or several.

    Raises:
        ConfigurationError: They are neither a path nor a file object, nor several of these.
    """
    # A file object can be iterated too, over its lines.
    if isinstance(inputs, str | os.PathLike) or hasattr(inputs, "read"):
        return (cast("Input", inputs),)
    listed: object = inputs
    if not isinstance(listed, Iterable) or isinstance(listed, bytes | bytearray):
        # The bytes may be long: a whole file.
        shown = f"{type(inputs).__name__}; a name is text, and a file in memory is an io.BytesIO"
        given = shown if isinstance(inputs, bytes | bytearray) else repr(inputs)
        raise ConfigurationError(
            f"{what} must be a path, a binary file object, or several of these: {given}"
        )
    return tuple(listed)
