"""What the commands of all steps share: types of values, help, and usage within a chain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from biometal_stream.cli.escape import printable
from biometal_stream.settings import meant_number
from biometal_stream.sizes import parse_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    NumberType: TypeAlias = click.ParamType[int]
    FloatType: TypeAlias = click.ParamType[float]
    TextBase: TypeAlias = click.ParamType[str]
    ChoiceBase: TypeAlias = click.Choice[str]
else:  # generic since click 8.4
    NumberType = FloatType = TextBase = click.ParamType
    ChoiceBase = click.Choice

PROGRAM = "biometal-stream"

COMPLETE = "_BIOMETAL_STREAM_COMPLETE"
"""The variable in which a shell's script passes the command line up to the cursor."""

SOURCES, CHAINS, FILTERS, TRIMMERS = "Source", "Several steps at once", "Filters", "Trimmers"
TRANSFORMS, SINKS = "Transforms", "Sink"
PLUGINS = "Steps of plugins"
OTHER = "Other commands"
GROUPS = (SOURCES, CHAINS, FILTERS, TRIMMERS, TRANSFORMS, PLUGINS, SINKS, OTHER)
"""The headings of the list of commands, in the order of the flow."""


class Argument(click.Argument):
    """An argument with a help text, which click does not support.

    Args:
        declarations: As for `click.Argument`.
        metavar: Its name in the usage.
        about: One sentence.
        files: Whether it takes files, for completion in the shell.
        settings: As for `click.Argument`.
    """

    def __init__(
        self,
        declarations: list[str],
        *,
        metavar: str,
        about: str,
        files: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(declarations, metavar=metavar, **settings)
        self.about = about
        self.files = files

    def get_error_hint(self, ctx: click.Context | None) -> str:  # noqa: ARG002 - as in click
        """Its name in errors, without the brackets that mark it as optional."""
        return f"'{(self.metavar or '').strip('[]')}'"


class MatesOption(click.Option):
    """An option that takes as many values at once as the step has files before it.

    So ``read a_R1 b_R1 --mate a_R2 b_R2`` is the same as giving the option twice, and shell
    wildcards work on both sides.

    Args:
        declarations: The spellings of the option.
        most: How many values, at most, go with each file, as in ``read R1 --index I1 I2``.
        **settings: As for ``click.Option``.
    """

    def __init__(self, declarations: Sequence[str], *, most: int = 1, **settings: Any) -> None:
        super().__init__(declarations, **settings)
        self.most = most


class FilesOption(click.Option):
    """An option that takes all words up to the next option, as shell wildcards give them."""


class Size(NumberType):
    """A number of bytes such as ``512M``."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads the number."""
        if isinstance(value, int):
            return value
        try:
            return parse_size(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class Whole(NumberType):
    """A whole number."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads the number."""
        try:
            return int(value)
        except ValueError:
            meant = meant_number(value)
            write = f"; write {meant}" if meant is not None and meant % 1 == 0 else ""
            self.fail(f"{_short(value)} is not a whole number{write}.", param, ctx)


class Real(FloatType):
    """A number."""

    name = "float"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Reads the number."""
        try:
            return float(value)
        except ValueError:
            meant = meant_number(value)
            write = "" if meant is None else f"; write {meant}"
            self.fail(f"{_short(value)} is not a number{write}.", param, ctx)


class Count(Whole):
    """A whole number from 1."""

    name = "count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads the number."""
        number = super().convert(value, param, ctx)
        if number < 1:
            self.fail(f"{number} is less than 1.", param, ctx)
        return number


class OneOf(ChoiceBase):
    """One word of a list."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Checks the word."""
        if value in self.choices:
            return str(value)
        parts = [part for part in re.split(r"[,;\s]+", value) if part]
        option = param.opts[0] if param is not None else ""
        write = ""
        if len(parts) > 1 and set(parts) <= set(self.choices):
            write = f"; write {' '.join(f'{option} {part}' for part in parts)}"
        elif close := closest(value, self.choices):
            write = f". Did you mean {close}?"
        return self.fail(
            f"{_short(value)} is not one of {', '.join(self.choices)}{write}", param, ctx
        )


class TextType(TextBase):
    """Text that Arrow can hold; a word of a command line may contain any byte."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Checks the word."""
        try:
            str(value).encode()
        except UnicodeEncodeError:
            self.fail(f"{_short(printable(value))} is not text in this locale.", param, ctx)
        return str(value)


TEXT, WHOLE, REAL = TextType(), Whole(), Real()


def closest(word: str, names: Iterable[str], *, least: float = 0.6) -> str | None:
    """The name spelled most like a word; the first if several are equally close.

    Args:
        word: What was typed, in any case.
        names: What may have been meant.
        least: How similar a name must be, up to 1.
    """
    from difflib import SequenceMatcher

    ratios = {name: SequenceMatcher(None, word.lower(), name.lower()).ratio() for name in names}
    best = max(ratios, key=ratios.__getitem__, default=None)
    return best if best is not None and ratios[best] >= least else None


def _short(value: str) -> str:
    """A word in quotes, shortened for a message."""
    return f"'{value if len(value) <= 60 else f'{value[:57]}...'}'"


class StepCommand(click.Command):
    """The command of one step.

    Args:
        name: The step's name.
        place: Its place in a chain: ``first``, ``middle``, ``last`` or ``alone``; ``early`` is
            first or in the middle.
        group: Its heading in the list of commands, one of `GROUPS`.
        runs: The function of a step that stands alone, as ``package.module:function``, imported
            only to run it. It takes the values and the options of the whole run, and returns the
            exit status, or ``None`` for 0.
        operator: The class of the step's operator.
        settings: As for `click.Command`.
    """

    def __init__(
        self,
        name: str,
        *,
        place: str,
        group: str,
        runs: str = "",
        operator: type[Any] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(name, context_settings={"help_option_names": ["-h", "--help"]}, **settings)
        self.place = place
        self.group = group
        self.runs = runs
        self.operator = operator

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the step's name: arguments first, as they must be typed."""
        pieces = []
        for parameter in self.get_params(ctx):
            pieces.extend(parameter.get_usage_pieces(ctx))
        pieces.append("[OPTIONS]")
        return pieces

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Shows the step in its place in a chain."""
        before = "" if self.place in {"first", "early", "alone"} else " read FILES..."
        words = " ".join([str(self.name), *self.collect_usage_pieces(ctx)])
        formatter.write_usage(f"{PROGRAM}{before}", words, prefix="Usage: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists arguments, then options."""
        arguments = [
            (str(parameter.metavar), parameter.about)
            for parameter in self.get_params(ctx)
            if isinstance(parameter, Argument)
        ]
        if arguments:
            with formatter.section("Arguments"):
                formatter.write_dl(arguments)
        super().format_options(ctx, formatter)


def parse(
    command: click.Command, arguments: list[str], *, parent: click.Context | None = None
) -> click.Context:
    """Parses the words of one step; ``--help`` prints and exits.

    Returns:
        The context, which holds the values by name, and the step's usage.

    Raises:
        click.UsageError: The words are wrong.
        click.exceptions.Exit: Help was requested and printed.
    """
    return command.make_context(command.name, arguments, parent=parent)


def place_of(context: click.Context) -> str:
    """The place of a step in a chain, as in `StepCommand`."""
    assert isinstance(context.command, StepCommand)
    return context.command.place


def first_line(command: click.Command) -> str:
    """What a command does, in one line; empty without docstrings, as under ``python -OO``."""
    return (command.help or "").strip().partition("\n")[0]


def as_typed(text: str, parameters: Iterable[click.Parameter]) -> str:
    """Replaces the names of settings in a message by the options of the command line.

    Messages name a setting as in Python, ``partition_by``, or in words, ``partition-by``. The name
    is replaced only as the subject of a clause, so that files and columns of that name are not.

    Args:
        text: The message.
        parameters: The parameters whose options may be meant.
    """
    options: dict[str, str] = {}
    for parameter in parameters:
        if isinstance(parameter, click.Option) and parameter.name:
            for spelling in (parameter.name, parameter.name.replace("_", "-")):
                options[spelling] = parameter.opts[0]
    if not options:
        return text
    names = "|".join(map(re.escape, options))
    verbs = "must|needs|leaves|is for|and|exclude|column"
    subject = re.compile(rf"(^|: | and )({names})(?=:? (?:{verbs})\b)")
    return subject.sub(lambda match: match[1] + options[match[2]], text)
