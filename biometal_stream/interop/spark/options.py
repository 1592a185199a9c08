"""The options of a source as Spark passes them: camel-case names, values as text."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.interop.spark.files import files_of
from biometal_stream.settings import setting_of
from biometal_stream.sources.options import IN_STEP, shared_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.sources.format import SourceFormat


def option_names(options: type[Any]) -> tuple[str, ...]:
    """Spark's names of the options of a source: ``qualityEncoding``."""
    return tuple(map(_camel, shared_options(options)))


def parsed_options(form: SourceFormat, given: Mapping[str, str]) -> dict[str, Any]:
    """The values of the given options, by their Python names.

    Args:
        form: The format of the source.
        given: What Spark was given, by lower-case name; other names are ignored.

    Raises:
        ConfigurationError: A value does not have its option's type.
        InputError: A file with mates does not exist.
    """
    options = form.load_options()
    return {
        field.name: _value(form, field, given[_camel(field.name).lower()])
        for field in dataclasses.fields(options)
        if _camel(field.name).lower() in given
    }


def whole_number(name: str, value: str) -> int:
    """Reads a number of bytes.

    Raises:
        ConfigurationError: It is not a whole number.
    """
    try:
        return int(value)
    except ValueError:
        raise ConfigurationError(f"{name} must be a whole number of bytes: {value!r}") from None


def _value(form: SourceFormat, field: dataclasses.Field[Any], value: str) -> Any:
    name = _camel(field.name)
    if field.name in IN_STEP:
        return files_of(value, form)
    if isinstance(field.default, bool):
        if value.lower() not in {"true", "false"}:
            raise ConfigurationError(f"{name} must be true or false: {value!r}")
        return value.lower() == "true"
    if isinstance(field.default, int):
        return whole_number(name, value)
    choices = shared_options(form.load_options())[field.name].choices
    if choices and value not in choices:
        wrong = f"{name} must be one of {', '.join(choices)}: {value!r}"
        if value in setting_of(field).choices:
            wrong += "; Spark's workers cannot share a file for the records"
        raise ConfigurationError(wrong)
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
