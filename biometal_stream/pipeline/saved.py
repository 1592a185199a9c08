"""Pipelines as TOML files: what is written. `biometal_stream.cli.saved` reads them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.settings import setting_of, typed_name
from biometal_stream.sizes import written_size
from biometal_stream.sources.formats import source_formats
from biometal_stream.toml import toml_key, toml_value
from biometal_stream.version import __version__

if TYPE_CHECKING:
    from biometal_stream.interfaces import Operator, Source
    from biometal_stream.pipeline.value import Recipe

RUN_OPTIONS = ("threads", "memory", "min_reads", "pairs")
"""The fields of a `Recipe` that are saved as options. ``statistics`` does not change the output."""


_OF_LEARNT = (
    "Learnt from the files above, and used for them. This step learns again from other files, and"
    " from a pipe."
)


class SavedStep(NamedTuple):
    """A step in a file.

    Attributes:
        name: The step's name.
        settings: Its settings by their names on the command line.
        learnt: The step that it has learnt to be, from the files of the pipeline.
    """

    name: str
    settings: Mapping[str, Any]
    learnt: SavedStep | None = None

    def lines(self) -> str:
        """The lines of the file."""
        own = f"{toml_key(self.name)} = {toml_value(self.settings)}\n"
        if self.learnt is None:
            return own
        become = toml_value({self.learnt.name: self.learnt.settings})
        return f"{own}# {_OF_LEARNT}\nlearnt = {become}\n"


class SavedPipeline(NamedTuple):
    """What a file holds. Names are those of the command line.

    Attributes:
        read: ``files`` and the options of ``read``.
        steps: The steps in order.
        write: ``target`` and the options of ``write``; empty if nothing is written.
        options: The options of the whole run.
    """

    read: Mapping[str, Any]
    steps: tuple[SavedStep, ...] = ()
    write: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}

    def text(self) -> str:
        """The text of the file.

        Raises:
            ConfigurationError: TOML cannot hold a value.
        """
        head = f"# A pipeline of biometal_stream {__version__}. `biometal-stream run` runs it.\n"
        parts = [head, *_table("read", self.read)]
        parts += [f"[[steps]]\n{step.lines()}" for step in self.steps]
        parts += [*_table("write", self.write), *_table("options", self.options)]
        return "\n".join(parts)


def _table(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    if values:
        lines = (f"{toml_key(key)} = {toml_value(each)}\n" for key, each in values.items())
        yield f"[{name}]\n{''.join(lines)}"


def save(recipe: Recipe, path: str | os.PathLike[str]) -> None:
    """Writes a pipeline to a file.

    Raises:
        ConfigurationError: It cannot be saved.
        SinkError: The file cannot be written.
    """
    from biometal_stream.atomic import AtomicFile
    from biometal_stream.sinks.names import check_text_name

    text = saved(recipe).text()
    check_text_name(path_text(path), "TOML", ".toml")
    with AtomicFile(path) as file:
        file.write(text.encode())


def saved(recipe: Recipe) -> SavedPipeline:
    """What a file holds of a pipeline.

    Raises:
        ConfigurationError: The source reads something other than named files, or a setting of an
            operator cannot be typed.
    """
    read, options = _source(recipe.source)
    for name in RUN_OPTIONS:
        value = getattr(recipe, name)
        if value not in {None, "both"}:
            size = name == "memory"
            options[name.replace("_", "-")] = written_size(value) if size else value
    return SavedPipeline(read, tuple(map(saved_step, recipe.operators)), options=options)


def saved_step(operator: Operator, learnt: Operator | None = None) -> SavedStep:
    """What a file holds of an operator: its settings, also numbers and text with default values.

    So a later version with other defaults does the same. Switches, lists and settings without a
    value are left out at their defaults: they are many, and say nothing.

    Args:
        operator: The operator.
        learnt: What it has learnt to be.

    Raises:
        ConfigurationError: A setting cannot be typed.
    """
    settings: dict[str, Any] = {}
    described: Any = operator
    for field in dataclasses.fields(described) if dataclasses.is_dataclass(described) else ():
        if not field.init:
            continue
        try:
            setting_of(field)
        except TypeError as error:
            raise ConfigurationError(f"{operator.name}: cannot be saved: {error}") from None
        value = getattr(operator, field.name)
        says_little = value is None or value == () or isinstance(value, bool)
        if not says_little or value != field.default:
            settings[typed_name(field)] = _plain(field, value, f"{operator.name}: ")
    return SavedStep(operator.name, settings, None if learnt is None else saved_step(learnt))


def _source(source: Source) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a file holds of a source: the values of ``read``, and options of the whole run."""
    home = f"{type(source).__module__}:{type(source).__qualname__}"
    form = next((form for form in source_formats() if form.source == home), None)
    if form is None:
        raise ConfigurationError(
            f"{type(source).__name__} cannot be saved: a saved pipeline reads files by their names;"
            " write the rows to a file first"
        )
    described: Any = source
    read: dict[str, Any] = {"files": [_path(each) for each in described.paths]}
    options: dict[str, Any] = {}
    for field in dataclasses.fields(form.load_options()):
        value = getattr(source, field.name)
        if isinstance(value, tuple):  # of inputs, such as those with mates 2
            read |= {field.name: [_path(each) for each in value]} if value else {}
        elif value not in {None, field.default}:
            table = options if setting_of(field).whole_run else read
            table[typed_name(field)] = _plain(field, value)
    return {**read, "format": form.name}, options


def _path(given: object) -> str:
    """The name of an input, also of one that was opened to look at its first bytes."""
    named = getattr(given, "target", given)
    if not isinstance(named, str | os.PathLike):
        raise ConfigurationError(
            f"a saved pipeline reads files by their names, and {named!r} has none"
        )
    return path_text(named)


def _plain(field: dataclasses.Field[Any], value: object, owner: str = "") -> Any:
    """A value as a file holds it."""
    if isinstance(value, os.PathLike):
        return path_text(value)
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return list(value)
    if isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return written_size(int(value)) if setting_of(field).unit == "bytes" else int(value)
    if isinstance(value, Real):
        return float(value)
    raise ConfigurationError(f"{owner}{typed_name(field)} cannot be saved: {value!r}")
