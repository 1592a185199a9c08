"""Makes command-line options from the options of a source."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any

import click

from biometal_stream.cli.command import MatesOption
from biometal_stream.cli.operators import parameter_of
from biometal_stream.settings import setting_of
from biometal_stream.sources.formats import source_formats
from biometal_stream.sources.options import IN_STEP


def source_options(*, whole_run: bool = False) -> list[click.Option]:
    """The options of the sources, as ``read`` takes them.

    Args:
        whole_run: Whether to return the options of the whole run instead.
    """
    options: dict[str, click.Option] = {}
    for form in source_formats():
        cls = form.load_options()
        hints = typing.get_type_hints(cls)
        for field in dataclasses.fields(cls):
            if field.name not in options and setting_of(field).whole_run is whole_run:
                options[field.name] = _option(field, hints[field.name])
    return list(options.values())


def _option(field: dataclasses.Field[Any], hint: Any) -> click.Option:
    setting = setting_of(field)
    if field.name in IN_STEP:
        return MatesOption(
            [f"--{field.name}"],
            most=IN_STEP[field.name],
            metavar="FILE",
            type=click.Path(),
            multiple=True,
            help=setting.help,
        )
    if hint is bool:
        return click.Option([f"--{field.name.replace('_', '-')}"], is_flag=True, help=setting.help)
    option = parameter_of(field, hint)
    assert isinstance(option, click.Option)
    if setting.local:  # on a command line, naming the file is enough
        option.help = f"{option.help} Implies --on-bad-record {field.name}."
    return option
