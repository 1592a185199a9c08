"""The values of a command, from a table of a TOML file and back, and as words of a line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.command import Argument, Real, Size, Whole, closest
from biometal_stream.cli.escape import printable
from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import in_order, meant_number
from biometal_stream.sizes import written_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MOST_BITS = 64
"""Of a whole number, as in TOML; the seeds of steps have no sign."""


def values_of(
    parameters: Iterable[click.Parameter], table: object, where: str, known: str = ""
) -> dict[str, Any]:
    """The values in a table of a file, by the names of the parameters.

    Args:
        parameters: What the table may set, and must set if it is required.
        table: What the file holds.
        where: The location of the table in the file, for messages.
        known: What the table belongs to, for messages.

    Raises:
        ConfigurationError: It is not a table, a key is unknown or missing, or a value has the
            wrong type or is not allowed.
    """
    if not isinstance(table, dict):
        raise ConfigurationError(f"{where}: expected a table, {{ ... }}, not {_shown(table)}")
    by_key = {key_of(parameter): parameter for parameter in parameters}
    for key in table:
        if key not in by_key:
            raise ConfigurationError(f"{where}.{key}: {_unknown(key, by_key, known)}")
    for key, parameter in by_key.items():
        if parameter.required and key not in table:
            raise ConfigurationError(f"{where}: {key} is missing; write {key} = ...")
    return {
        str(by_key[key].name): _converted(by_key[key], value, f"{where}.{key}")
        for key, value in table.items()
    }


def key_of(parameter: click.Parameter) -> str:
    """The key of a parameter in a file: its name on the command line, without dashes."""
    if isinstance(parameter, click.Option):
        return parameter.opts[0].removeprefix("--")
    return str(parameter.name).replace("_", "-")


def table_of(parameters: Iterable[click.Parameter], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were given, as a table of a file."""
    return {key_of(parameter): value for parameter, value in _given(parameters, values)}


def words_of(parameters: Iterable[click.Parameter], values: Mapping[str, Any]) -> list[str]:
    """The values that were given, as words of a command line."""
    arguments: list[str] = []
    words: list[str] = []
    for parameter, value in _given(parameters, values):
        several = [str(each) for each in (value if isinstance(value, list) else [value])]
        if isinstance(parameter, Argument):
            arguments += several
        elif isinstance(value, bool):
            words.append(f"--{key_of(parameter)}" if value else parameter.secondary_opts[0])
        else:
            words += [word for each in several for word in (f"--{key_of(parameter)}", each)]
    return in_order(arguments, words)


def _given(
    parameters: Iterable[click.Parameter], values: Mapping[str, Any]
) -> Iterator[tuple[click.Parameter, Any]]:
    for parameter in parameters:
        value = values.get(str(parameter.name))
        flag_off = value is False and not parameter.secondary_opts
        if value is None or value in ((), parameter.default) or flag_off:
            continue
        if isinstance(parameter.type, Size):
            value = written_size(value)
        yield parameter, list(value) if isinstance(value, tuple) else value


def _unknown(key: str, by_key: Mapping[str, click.Parameter], known: str) -> str:
    close = closest(key, by_key)
    if close:
        return f"there is no such key. Did you mean {close}?"
    return f"there is no such key; {known or 'it'} has {', '.join(by_key) or 'none'}"


def _converted(parameter: click.Parameter, value: object, where: str) -> Any:
    if parameter.multiple or parameter.nargs < 0:
        if not isinstance(value, list):
            raise ConfigurationError(f"{where}: expected a list, [...], not {_shown(value)}")
        if parameter.required and not value:
            raise ConfigurationError(f"{where}: expected at least one, but the list is empty")
        return tuple(_one(parameter, each, f"{where}[{n}]") for n, each in enumerate(value, 1))
    return _one(parameter, value, where)


def _one(parameter: click.Parameter, value: object, where: str) -> Any:
    kinds, expected = _kind(parameter)
    if not isinstance(value, kinds) or isinstance(value, bool) is not (kinds is bool):
        number = meant_number(value) if isinstance(value, str) else None
        write = (
            "" if number is None or kinds in (str, bool) else f"; write {number}, without quotes"
        )
        raise ConfigurationError(f"{where}: expected {expected}, not {_shown(value)}{write}")
    if kinds is bool or (isinstance(value, float) and not math.isfinite(value)):
        return value
    if isinstance(value, str) and "\0" in value:
        raise ConfigurationError(f"{where}: expected text without a NUL")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise ConfigurationError(f"{where}: {_shown(value)} is too large")
    try:
        return parameter.type.convert(value, parameter, None)
    except click.BadParameter as error:
        said = error.message.removesuffix(".")
        if isinstance(value, str):
            said = said.replace(repr(value), _shown(value)).replace(f"'{value}'", _shown(value))
        raise ConfigurationError(f"{where}: {printable(said)}") from None


def _kind(parameter: click.Parameter) -> tuple[Any, str]:
    """The types of TOML for one value of a parameter, and what to call them."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return bool, "true or false"
    if isinstance(parameter.type, Size):
        return int | str, 'a number of bytes, such as "512MiB"'
    if isinstance(parameter.type, Whole):
        return int, "a whole number"
    if isinstance(parameter.type, Real):
        return int | float, "a number"
    return str, "text, in quotes"


def _shown(value: object) -> str:
    """A value as in the file, shortened for a message."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = printable(f"'{value}'" if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else f"{text[:57]}..."
