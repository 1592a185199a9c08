"""Makes the command of an operator from its dataclass: its fields, settings and docstring."""

from __future__ import annotations

import dataclasses
import inspect
import os
import re
import types
import typing
from typing import Any

import click

from biometal_stream.cli.command import (
    FILTERS,
    PLUGINS,
    REAL,
    TEXT,
    TRANSFORMS,
    TRIMMERS,
    WHOLE,
    Argument,
    OneOf,
    Size,
    StepCommand,
    as_typed,
)
from biometal_stream.errors import ConfigurationError, PluginError
from biometal_stream.interfaces import Filter, Trimmer
from biometal_stream.interfaces.recognition import offers
from biometal_stream.operators.base import command_name
from biometal_stream.settings import Names, OneOrMore, Setting, setting_of, typed_name
from biometal_stream.sizes import written_size

if typing.TYPE_CHECKING:
    from biometal_stream.interfaces import Operator
    from biometal_stream.registry.plugins import Plugins


def command_of(name: str, operator: type[Any], *, group: str | None = None) -> StepCommand:
    """The command of an operator.

    Each field becomes an argument or an option of its type, with its help, unit, range and
    default. A tuple takes several values.

    Args:
        name: The step's name.
        operator: The operator's class, a dataclass with a `Setting` for each field.
        group: Its heading in the list of commands; by default that of its kind.

    Raises:
        TypeError: A field has a type that cannot be given on a command line.
    """
    types_of = typing.get_type_hints(operator)
    parameters = [
        parameter_of(field, types_of[field.name])
        for field in dataclasses.fields(operator)
        if field.init
    ]
    return StepCommand(
        name,
        place="middle",
        group=group or _group(operator),
        operator=operator,
        help=_description(operator),
        params=parameters,
    )


def _group(operator: type[Any]) -> str:
    """The heading of a step in the list of commands, by what it does."""
    if offers(operator, Filter):
        return FILTERS
    return TRIMMERS if offers(operator, Trimmer) else TRANSFORMS


def plugin_command(plugins: Plugins, name: str) -> StepCommand:
    """The command of a plugin's step.

    Raises:
        PluginError: It does not load, or a setting cannot be given on a command line.
    """
    operator = plugins.load(name)
    try:
        return command_of(name, operator, group=PLUGINS)
    except (TypeError, NameError, AttributeError) as error:  # in its annotations
        origin = ", ".join(plugins.origins()[name])
        raise PluginError(f"the step '{name}' of {origin}: {error}") from error


def plugin_fault(plugins: Plugins, name: str) -> str | None:
    """Why the step of a plugin cannot be used; ``None`` if it can."""
    if fault := plugins.fault(name):
        return fault
    try:
        plugin_command(plugins, name)
    except PluginError as error:
        return str(error)
    return None


def make(context: click.Context) -> Operator:
    """Makes the operator of a step from its parsed values.

    Raises:
        click.UsageError: A value is out of range, or values contradict each other.
    """
    # Missing values are left to the class, which may create a default for each instance.
    given = {name: value for name, value in context.params.items() if value not in (None, ())}
    assert isinstance(context.command, StepCommand)
    assert context.command.operator is not None
    try:
        return typing.cast("Operator", context.command.operator(**given))
    except ConfigurationError as error:
        raise click.UsageError(as_typed(str(error), context.command.params), ctx=context) from error


_REFERENCE = re.compile(r"(?<!`)`([A-Z]\w*)`(?!`)")
"""A class in a docstring; on the command line the operator has another name."""

_SECTIONS = frozenset({"Attributes:", "Args:", "Example:", "Examples:", "Raises:"})


def _description(operator: type[Any]) -> str:
    """The docstring up to its first section, without code marks, with names as in the shell.

    Empty without docstrings, as under ``python -OO``: each field still has its help.
    """
    text = operator.__doc__ or ""
    if text.startswith(f"{operator.__name__}("):  # a dataclass's default docstring
        return ""
    kept = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph in _SECTIONS or paragraph.partition("\n")[0] in _SECTIONS:
            break
        named = _REFERENCE.sub(lambda match: command_name(match[1]), paragraph)
        lines = named.replace("`", "").splitlines()
        if lines and lines[-1].endswith("::"):
            lines[-1] = lines[-1][:-1]
        set_out = any(line.startswith((" ", "==")) for line in lines)
        if set_out:  # a table or an example: its lines are kept
            lines = ["\b", *(line for line in lines if not line.startswith("=="))]
        kept.append("\n".join(lines))
    return "\n\n".join(kept)


def parameter_of(field: dataclasses.Field[Any], hint: Any) -> click.Parameter:
    """The argument or option for a field with a `Setting`.

    A number of bytes is called ``size`` here, and is given as ``1GiB``.

    Args:
        field: A field of a dataclass.
        hint: Its type.

    Raises:
        TypeError: The type cannot be given on a command line.
    """
    setting = setting_of(field)
    kind, several = _kind(hint)
    words = typed_name(field)
    typed: Any = {str: TEXT, int: WHOLE, float: REAL, os.PathLike: click.Path()}.get(kind, kind)
    if setting.choices:
        typed = OneOf(setting.choices)
    if kind is int and setting.unit == "bytes":
        typed = Size()
    required = field.default is field.default_factory is dataclasses.MISSING
    about = _about(setting, field.default)
    if setting.positional:
        shown = words.upper() + ("..." if several else "")
        return Argument(
            [field.name],
            metavar=shown if required else f"[{shown}]",
            about=about,
            type=typed,
            nargs=-1 if several else 1,
            required=required,
        )
    if kind is bool:
        return click.Option([f"--{words}/--no-{words}"], default=None, help=about)
    metavar = setting.metavar or (setting.unit or words).upper().replace(" ", "_")
    return click.Option(
        [field.name, f"--{words}"],
        metavar=None if setting.choices else metavar,
        type=typed,
        multiple=several,
        required=required,
        help=about + (" May be given several times." if several else ""),
    )


def _kind(hint: Any) -> tuple[type, bool]:
    """The type of one value, and whether there may be several."""
    if hint in {Names, OneOrMore}:
        return str, True
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        hint = next(one for one in reversed(inner) if one is not type(None))
        if typing.get_origin(hint) is os.PathLike:  # a path may be text, too
            return os.PathLike, False
        origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return str, False
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return _kind(inner[0])[0], True
    if hint in {int, float, str, bool}:
        return typing.cast("type", hint), False
    raise TypeError(f"a command line cannot give a {hint}")


def _about(setting: Setting, default: Any) -> str:
    """The help of a value: what it is, its unit, its range, its default."""
    facts = []
    if setting.minimum is not None and setting.maximum is not None:
        facts.append(f"{_plain(setting.minimum)} to {_plain(setting.maximum)}")
    elif setting.minimum is not None:
        facts.append(f"at least {_plain(setting.minimum)}")
    elif setting.maximum is not None:
        facts.append(f"at most {_plain(setting.maximum)}")
    if default not in (dataclasses.MISSING, None, (), "") and not isinstance(default, bool):
        shown = " ".join(map(str, default)) if isinstance(default, tuple) else default
        if setting.unit == "bytes":
            shown = written_size(default)
        facts.append(f"default {shown}")
    text = setting.help.removesuffix(".")
    if setting.unit:
        text += ", such as 1GiB" if setting.unit == "bytes" else f", in {setting.unit}"
    if facts:
        text += f" ({', '.join(facts)})"
    return f"{text}."


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"
