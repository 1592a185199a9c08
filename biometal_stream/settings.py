"""The settings of an operator or a source: dataclass fields with descriptions.

The command line, its help, the options of engines, and the check of the values are derived from
them.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
import os
import re
import shlex
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, TypeAlias

from biometal_stream.errors import ConfigurationError
from biometal_stream.sizes import written_size

Names: TypeAlias = tuple[str, ...] | list[str]
"""The type of a field that takes several names. `settle_names` converts it to a tuple."""

OneOrMore: TypeAlias = str | tuple[str, ...] | list[str]
"""The type of a field that takes several names, or in Python only one, as text or path."""


class Setting(NamedTuple):
    """The meaning of a field of an operator, or of a source's options, for its user.

    Attributes:
        help: One sentence.
        unit: The unit of the value, such as ``bases``; ``None`` without a unit.
        minimum: The smallest value allowed.
        maximum: The largest value allowed.
        choices: The values allowed; empty for any.
        positional: Whether the command line takes it by position, not by name.
        metavar: The value in the help; by default from its unit, or its name.
        whole_run: Whether the command line takes it anywhere, as an option of the whole run.
        local: Whether it works in one process only, so that engines do not have it.
    """

    help: str
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    positional: bool = False
    metavar: str | None = None
    whole_run: bool = False
    local: bool = False


_KEY = "biometal_stream.setting"


def argument(help: str, *, default: Any = dataclasses.MISSING, **about: Any) -> Any:
    """A field that the command line takes by position. ``about`` as in `Setting`."""
    setting = Setting(help, positional=True, **about)
    return dataclasses.field(default=default, metadata={_KEY: setting})


def option(help: str, *, default: Any, **about: Any) -> Any:
    """A field that the command line takes as ``--name``. ``about`` as in `Setting`."""
    return dataclasses.field(default=default, metadata={_KEY: Setting(help, **about)})


def setting_of(field: dataclasses.Field[Any]) -> Setting:
    """The `Setting` of a field.

    Raises:
        TypeError: The field was made by neither `argument` nor `option`.
    """
    setting = field.metadata.get(_KEY)
    if not isinstance(setting, Setting):
        required = field.default is field.default_factory is dataclasses.MISSING
        wanted = 'argument("...")' if required else 'option("...", default=...)'
        raise TypeError(
            f"the field '{field.name}' is neither an argument nor an option; write"
            f" '{field.name}: ... = {wanted}', from biometal_stream.settings"
        )
    return setting


def typed_name(field: dataclasses.Field[Any]) -> str:
    """The name of a field on the command line and in saved pipelines, such as ``front-quality``.

    A number of bytes, such as ``max_record_bytes``, is a size there: ``max-record-size``.

    Raises:
        TypeError: The field was made by neither `argument` nor `option`.
    """
    words = field.name.replace("_", "-")
    return words.removesuffix("-bytes") + "-size" if setting_of(field).unit == "bytes" else words


def check_names(function: str, given: Iterable[str], known: Collection[str]) -> None:
    """Refuses options that a function does not have.

    Raises:
        TypeError: An option is unknown.
    """
    for word in given:
        if word not in known:
            from difflib import get_close_matches

            alike = get_close_matches(word, known, n=1)
            advice = f"did you mean '{alike[0]}'?" if alike else f"it has {', '.join(known)}"
            raise TypeError(f"{function} has no option '{word}'; {advice}")


def as_typed(operator: Any, *, options: bool = False) -> str:
    """An operator as typed on the command line, such as ``head 10``.

    Args:
        operator: The operator.
        options: Whether to add the options that differ from their defaults, and the quotes that a
            shell needs.
    """
    quoted = shlex.quote if options else str
    arguments: list[str] = []
    words: list[str] = []
    for field in dataclasses.fields(operator) if dataclasses.is_dataclass(operator) else ():
        setting = field.metadata.get(_KEY)
        value = getattr(operator, field.name)
        if setting is None:
            continue
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        if setting.positional:
            arguments += [quoted(_shown(each)) for each in values]
        elif options and value != field.default:
            name = typed_name(field)
            for each in values:
                if isinstance(each, bool):
                    words.append(f"--{name}" if each else f"--no-{name}")
                elif setting.unit == "bytes":
                    words += [f"--{name}", written_size(each)]
                else:
                    words += [f"--{name}", quoted(_shown(each))]
    return " ".join([operator.name, *in_order(arguments, words)])


def in_order(arguments: list[str], options: list[str]) -> list[str]:
    """The arguments of a step, then its options, unless an argument looks like an option."""
    if any(word.startswith(("-", "'-")) and word != "-" for word in arguments):
        return [*options, "--", *arguments]
    return [*arguments, *options]


def _shown(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return str(int(value) if whole else value)


def as_python(operator: Any) -> str:
    """An operator as written in Python, without default values: ``Head(10)``."""
    if not dataclasses.is_dataclass(operator):
        return repr(operator)
    words = []
    for field in dataclasses.fields(operator):
        value = getattr(operator, field.name)
        required = field.default is field.default_factory is dataclasses.MISSING
        if required:
            words.append(repr(value))
        elif not _is_default(field, value):
            words.append(f"{field.name}={value!r}")
    return f"{type(operator).__name__}({', '.join(words)})"


def _is_default(field: dataclasses.Field[Any], value: Any) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return bool(value == field.default_factory())
    return bool(value == field.default)


def settle_names(operator: Any, field: str, *, one: bool = False) -> None:
    """Converts a field that takes several names to a tuple, from any sequence.

    Args:
        operator: The operator; it is changed.
        field: The field's name.
        one: Whether names are files, so that a single one, a text or a path, stands for itself.

    Raises:
        ConfigurationError: It is a single text, which would be split into letters, a set,
            which has no order, a mapping, or contains something other than text.
    """
    value = getattr(operator, field)
    if one:
        single = isinstance(value, str | os.PathLike)
        given = (value,) if single else value
        value = tuple(map(_as_text, given)) if isinstance(given, tuple | list) else given
    unlisted = (str, bytes, AbstractSet, Mapping)
    listed = isinstance(value, Iterable) and not isinstance(value, unlisted)
    names = tuple(value) if listed else ()
    if not listed or not all(isinstance(name, str) for name in names):
        given = f"; write [{value!r}]" if isinstance(value, str) else f": {value!r}"
        raise ConfigurationError(f"{operator.name}: {field} must be a list of names{given}")
    object.__setattr__(operator, field, names)


def _as_text(value: object) -> object:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def settle_columns(operator: Any) -> None:
    """Does the same for the field ``columns``, which must name at least one, each only once.

    Raises:
        ConfigurationError: As for `settle_names`, or it is empty, or a column is named twice.
    """
    settle_names(operator, "columns")
    if not operator.columns:
        raise ConfigurationError(f"{operator.name}: name at least one column")
    if len(set(operator.columns)) < len(operator.columns):
        raise ConfigurationError(f"{operator.name}: a column is named twice")


_NUMBER = re.compile(
    r"(?:q|phred)?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,2})?)\s*"
    r"(%|[kmg]|bp|kb|mb|gb|b|nt|bases?|reads?|pairs?)?",
    re.IGNORECASE,
)
_TIMES = {"%": 0.01, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9}


def meant_number(text: str) -> float | None:
    """The number meant by ``50bp``, ``Q20``, ``10%``, ``10k``, ``1,000``, ``0,5``.

    Returns:
        An ``int`` for a whole number; ``None`` if it is unclear.
    """
    text = text.strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    match = _NUMBER.fullmatch(text.replace(",", "."))
    if match is None:
        return None
    number = float(match[1]) * _TIMES.get((match[2] or "").lower(), 1)
    if not math.isfinite(number):  # too large for any setting
        return None
    number = round(number, 12)
    return int(number) if number == int(number) else number


_KINDS: dict[str, tuple[type, str]] = {
    "int": (numbers.Integral, "a whole number"),
    "float": (numbers.Real, "a number"),
    "str": (str, "text"),
    "bool": (bool, "True or False"),
}


def check_kinds(described: Any, owner: str = "") -> None:
    """Checks that each field of a dataclass holds what it is annotated with.

    Numbers, text and ``bool`` are looked at. A ``bool`` is not a number.

    Args:
        described: The dataclass, an operator or options.
        owner: What the messages begin with.

    Raises:
        ConfigurationError: A field holds something else.
    """
    for field in dataclasses.fields(described):
        value: Any = getattr(described, field.name)
        # A class where its module does not postpone the evaluation of annotations.
        annotated = field.type.__name__ if isinstance(field.type, type) else str(field.type)
        if value is not None or not (field.default is None or annotated.endswith(" | None")):
            name = owner + field.name.replace("_", "-") if owner else field.name
            check_kind(name, value, annotated.removesuffix(" | None"))


def check_kind(name: str, value: object, kind: str) -> None:
    """Checks one value as `check_kinds` does; ``kind`` is the annotation.

    Raises:
        ConfigurationError: The value is something else.
    """
    wanted, words = _KINDS.get(kind, (object, ""))
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted not in {bool, object}):
        raise ConfigurationError(f"{name} must be {words}: {value!r}")


def check_settings(operator: Any) -> None:
    """Checks each field of an operator against its `Setting`.

    Raises:
        ConfigurationError: A value does not have its field's type, or is out of range.
    """
    settings = [(field, setting_of(field)) for field in dataclasses.fields(operator)]
    check_kinds(operator, f"{operator.name}: ")
    for field, setting in settings:
        value: Any = getattr(operator, field.name)
        if value is None and field.default is None:
            continue
        what = f"{operator.name}: {field.name.replace('_', '-')}"
        # Written so that NaN, which compares false with everything, is refused.
        if setting.minimum is not None and not value >= setting.minimum:
            raise ConfigurationError(
                f"{what} must be at least {_with_unit(setting.minimum, setting)}: {_plain(value)}"
            )
        if setting.maximum is not None and not value <= setting.maximum:
            meant = (
                f"; {value:g} % is {value / 100:g}" if setting.maximum == 1 < value <= 100 else ""
            )
            raise ConfigurationError(
                f"{what} must be at most {_with_unit(setting.maximum, setting)}:"
                f" {_plain(value)}{meant}"
            )
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                _check_text(what, one)
            if setting.choices and one not in setting.choices:
                allowed = ", ".join(setting.choices)
                raise ConfigurationError(f"{what} must be one of {allowed}: {one}")


def _with_unit(number: float, setting: Setting) -> str:
    """A limit with its unit, such as ``1 base`` and ``Q93``."""
    unit = setting.unit or ""
    if unit == "Phred":
        return f"Q{number}"
    return f"{number} {unit.removesuffix('s') if number == 1 else unit}".strip()


def _check_text(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"{what} must be text that UTF-8 can encode: {text!r} holds {text[error.start]!r}"
        ) from None


def _plain(number: float) -> str:
    if isinstance(number, int) and number.bit_length() > 200:  # Python may refuse to print it
        return "a number of more than 60 digits"
    return f"{number:g}" if isinstance(number, float) else str(number)
