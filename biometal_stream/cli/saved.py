"""Reads pipelines from TOML files. `biometal_stream.pipeline.saved` writes them.

A file is data: it names steps and files, and never code. The steps are ours, those of installed
packages, and those of plugin files that the command line names.
"""

from __future__ import annotations

import stat
import tomllib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from biometal_stream.cli.command import StepCommand, closest, parse
from biometal_stream.cli.options import options_command
from biometal_stream.cli.read import read_command
from biometal_stream.cli.values import key_of, values_of
from biometal_stream.cli.write import write_command
from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import FAILED, BiometalError, ConfigurationError, InputError
from biometal_stream.interfaces import has_to_learn
from biometal_stream.sources.options import IN_STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from biometal_stream.interfaces import Operator

MOST_BYTES = 4 * 2**20
"""The largest file: a pipeline has a few hundred bytes, and a few kilobytes of what was learnt."""

INPUTS_BY_NAME = ("files", *IN_STEP)
"""The values of ``read`` that are names of files."""
INPUTS = frozenset({*INPUTS_BY_NAME, "interleaved", "format"})
"""The values of ``read`` that describe the inputs themselves, and are replaced together."""
_LEARNT = "learnt"
_TABLES = ("read", "steps", "write", "options")
_SAVED = frozenset(
    {"threads", "memory", "min-reads", "pairs", "check-names", "on-bad-record", "quarantine"},
)
"""The options of the whole run that a file may set. The others are for one run, and --plugin runs
code."""


class Saved(NamedTuple):
    """A pipeline from a file.

    Attributes:
        file: The file.
        read: The values of ``read`` that it sets, by name; empty without a source.
        operators: The operators.
        learnt: What learners among them have learnt from these files, by their numbers from 0;
            empty if one is a pipe.
        write: All values of ``write``; ``None`` without a target.
        options: The options of the whole run that it sets, by name.
    """

    file: str
    read: Mapping[str, Any]
    operators: tuple[Operator, ...]
    learnt: Mapping[int, Operator]
    write: Mapping[str, Any] | None
    options: Mapping[str, Any]

    @property
    def learnt_operators(self) -> tuple[Operator, ...]:
        """The operators, with learners replaced by what they have learnt."""
        return tuple(self.learnt.get(number, each) for number, each in enumerate(self.operators))

    def of_other_files(self) -> Saved:
        """The pipeline without its files, and without what was learnt from them."""
        read = {name: value for name, value in self.read.items() if name not in INPUTS}
        return self._replace(read=read, learnt={})


def load(file: str, known: Mapping[str, StepCommand]) -> Saved:
    """Reads a pipeline.

    Args:
        file: A TOML file.
        known: The steps by name.

    Raises:
        InputError: The file cannot be read.
        ConfigurationError: It is not a pipeline; the message names the location.
    """
    document = _document(file)
    for key in document:
        if key not in _TABLES:
            close = closest(key, _TABLES)
            meant = f". Did you mean {close}?" if close else f"; it has {', '.join(_TABLES)}"
            raise ConfigurationError(f"{file}: {key}: a pipeline has no such table{meant}")
    read: Mapping[str, Any] = {}
    if "read" in document:
        read = values_of(read_command().params, document["read"], f"{file}: read", "read")
    steps = list(_steps(document.get("steps", []), file, known))
    learnt = {number: become for number, (_, become) in enumerate(steps) if become is not None}
    return Saved(
        file,
        read,
        tuple(operator for operator, _ in steps),
        learnt if _is_read_again(read) else {},
        _write(document["write"], f"{file}: write") if "write" in document else None,
        _options(document.get("options", {}), f"{file}: options"),
    )


def _document(file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_bytes(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{file}: expected TOML, which is text in UTF-8; byte {error.start} is not"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: expected TOML: {error}") from None
    except ValueError:
        raise ConfigurationError(f"{file}: expected TOML: a number has too many digits") from None
    except RecursionError:
        raise ConfigurationError(f"{file}: has too many levels of brackets") from None


def _bytes(file: str) -> bytes:
    from biometal_stream.codecs.raw.open import open_raw

    held = bytearray()
    buffer = memoryview(bytearray(2**16))
    with closing(open_raw(file)) as raw:
        while (count := raw.readinto(buffer)) and len(held) <= MOST_BYTES:
            held += buffer[:count]
    if len(held) > MOST_BYTES:
        raise InputError(f"{file}: is too large for a pipeline; the most is {MOST_BYTES:,} bytes")
    return bytes(held)


def _is_read_again(read: Mapping[str, Any]) -> bool:
    """Whether a run reads what an earlier one has read: a pipe has other reads each time."""
    files = [file for name in INPUTS_BY_NAME for file in read.get(name, ())]
    return not any(map(_is_stream, files))


def _is_stream(file: str) -> bool:
    if file == "-" or descriptor_of(file) is not None:
        return True
    try:
        return not stat.S_ISREG(Path(file).stat().st_mode)
    except OSError:  # opening it reports that
        return False


def _steps(
    steps: object, file: str, known: Mapping[str, StepCommand]
) -> Iterator[tuple[Operator, Operator | None]]:
    """The operator of each step, and what it has learnt to be."""
    if not isinstance(steps, list):
        raise ConfigurationError(f"{file}: steps: expected a list; write [[steps]] above each step")
    for number, step in enumerate(steps, 1):
        where = f"{file}: step {number}"
        if isinstance(step, dict) and len(step) > 1 and _LEARNT in step:
            own = {name: settings for name, settings in step.items() if name != _LEARNT}
            operator = _only(own, where, known)
            become = _only(step[_LEARNT], f"{where}: {_LEARNT}", known)
            if not has_to_learn(operator):
                raise ConfigurationError(
                    f"{where}: {_LEARNT}: {operator.name} has nothing to learn; remove '{_LEARNT}'"
                )
            yield operator, become
        else:
            yield _only(step, where, known), None


def _only(step: object, where: str, known: Mapping[str, StepCommand]) -> Operator:
    if not isinstance(step, dict) or len(step) != 1:
        found = f"; it has {', '.join(step) or 'none'}" if isinstance(step, dict) else ""
        raise ConfigurationError(
            f"{where}: expected one step, such as min-length = {{ length = 50 }}{found}"
        )
    ((name, settings),) = step.items()
    return _operator(name, settings, where, known)


def _operator(
    name: str, settings: object, where: str, known: Mapping[str, StepCommand]
) -> Operator:
    try:
        command = known.get(name)
    except click.UsageError as error:  # of a plugin that does not load
        raise ConfigurationError(f"{where}: {error.format_message()}") from error
    if command is None or command.operator is None:
        raise ConfigurationError(f"{where}: {_no_step(name, known)}")
    values = values_of(command.params, settings, f"{where}: {name}", name)
    try:
        operator: Operator = command.operator(**values)
    except BiometalError as error:
        kind = InputError if error.exit_status == FAILED else ConfigurationError
        raise kind(f"{where}: {' '.join(str(error).splitlines())}") from error
    return operator


def _no_step(name: str, known: Mapping[str, StepCommand]) -> str:
    if name in {"read", "write"}:
        return f"{name} is a table, not a step; write [{name}]"
    if name == "preset":
        return "a preset is not a step here; write its steps, which preset NAME --show prints"
    names = (each for each in known if known[each].operator is not None)
    close = closest(name, names)
    meant = f". Did you mean {close}?" if close else ""
    return f"there is no step '{name}'{meant} (--plugin FILE adds the steps of a plugin)"


def _write(table: object, where: str) -> dict[str, Any]:
    command = write_command()
    given = values_of(command.params, table, where, "write")
    return {**parse(command, ["--", given["target"]]).params, **given}


def _options(table: object, where: str) -> dict[str, Any]:
    every: list[click.Parameter] = options_command().params
    for key in table if isinstance(table, dict) else ():
        if key not in _SAVED and key in map(key_of, every):
            raise ConfigurationError(
                f"{where}.{key}: a file does not set this; give --{key} on the command line"
            )
    return values_of([each for each in every if key_of(each) in _SAVED], table, where, "it")


def saved_parameters() -> list[click.Parameter]:
    """The options of the whole run that a file may set."""
    return [each for each in options_command().params if key_of(each) in _SAVED]
