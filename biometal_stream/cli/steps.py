"""Splits a command line into the steps of the pipeline it describes.

What each command takes determines which words belong to it, so steps need no separator::

    read - min-length 50 min-mean-quality 20 write reads.parquet --level 3
    ^^^^^^ ^^^^^^^^^^^^^ ^^^^^^^^^^^^^^^^^^^ ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

An option takes its values first, then follow as many arguments as the command has, and the next
word is the next step. A list of arguments ends at a step's name; a file that is named like a step
is written ``./measure``. If an earlier step adds a column that is named like a step, a list of
columns has it: ``minimizers select name minimizers``. So has that of ``select name minimizers``,
where the file must have the column, since the step would lack the sequence. An option that the step
does not have belongs to the whole run.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import advice
from biometal_stream.cli.command import PROGRAM, TEXT, Argument, FilesOption, MatesOption
from biometal_stream.cli.step import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COLUMNS = "columns"  # the name of an argument that lists them
_NUMBER = re.compile(r"-\.?\d")


class Walk:
    """Goes through the words of a command line and knows what may come next.

    Args:
        commands: The steps by name.
        whole: The command with the options of the whole run.

    Attributes:
        whole: The options of the whole run so far, as a step without a name.
        steps: The steps so far; the last one is the current step.
        pending: The option that waits for a value.
        own_options: The options of the current step, by their words.
    """

    def __init__(self, commands: Mapping[str, click.Command], whole: click.Command) -> None:
        self.commands = commands
        self.whole = Step("")
        self.steps: list[Step] = []
        self.pending: click.Option | None = None
        self._missing = 0  # values that the pending option still needs
        self._further = 0  # values that it may take after them
        self._pending_words: list[str] = []
        self._literal = False  # after `--`
        self._whole_options = _options_of(whole)
        self.own_options: dict[str, click.Option] = {}

    @property
    def command(self) -> click.Command | None:
        """The current step's command."""
        return self.commands[self.steps[-1].name] if self.steps else None

    @property
    def needs_value(self) -> bool:
        """Whether the next word must be a value of the pending option."""
        return self._missing > 0

    @property
    def is_complete(self) -> bool:
        """Whether the current step has all required arguments."""
        argument = self.next_argument()
        if argument is None or not argument.required:
            return True
        return argument.nargs < 0 and bool(self.steps[-1].values)

    def options(self) -> dict[str, click.Option]:
        """The options that may come next, by their words."""
        return self._whole_options | self.own_options

    def next_argument(self) -> click.Argument | None:
        """The argument that the next word would be; the last of a list repeats."""
        if self.command is None:
            return None
        filled = len(self.steps[-1].values)
        for parameter in self.command.params:
            if isinstance(parameter, click.Argument):
                if parameter.nargs < 0 or filled < parameter.nargs:
                    return parameter
                filled -= parameter.nargs
        return None

    def feed(self, word: str) -> None:
        """Takes the next word.

        Raises:
            click.UsageError: It is neither an option nor an argument nor a step.
        """
        if self.pending is not None:
            if self._missing or self._may_take(word):
                self._take(word)
                return
            self.pending = None
        looks_like_option = word.startswith("-") and word != "-" and not self._literal
        if looks_like_option and not self._is_number(word):
            if word == "--" and self.steps:
                self._literal = True
            else:
                self._option(word)
        elif self._is_argument(word):
            self.steps[-1].values.append(word)
        elif word in self.commands:
            self.steps.append(Step(word))
            self.own_options = _options_of(self.commands[word])
            self._literal = False
        else:
            raise advice.unknown_word(word, self)

    def finish(self) -> None:
        """Ends the line.

        Raises:
            click.UsageError: An option still waits for its value.
        """
        if self.pending is not None and self._missing:
            raise self._refused(advice.needs(self.pending))

    def _refused(self, text: str) -> click.UsageError:
        """The error of the pending option, with the usage of its step."""
        context = None
        if self.command is not None and self.pending in self.command.params:
            context = advice.context_of(self.steps[-1].name, self.command)
        return click.UsageError(text, ctx=context)

    def _is_number(self, word: str) -> bool:
        """Whether a word is a negative number, or text that starts like one, and one is due."""
        argument = self.next_argument()
        names_files = isinstance(argument, Argument) and argument.files
        return argument is not None and not names_files and _NUMBER.match(word) is not None

    def _is_argument(self, word: str) -> bool:
        argument = self.next_argument()
        if argument is None:
            return False
        if word not in self.commands:
            return True
        if argument.name == _COLUMNS and self._is_column(word):
            return True
        # A step's name is taken as text only if exactly one word of text is required.
        return argument.nargs == 1 and argument.required and _is_text(argument)

    def _is_column(self, word: str) -> bool:
        """Whether a step's name is that of a column: one that was added, or left by ``select``."""
        if any(word in _named_like_steps(self.commands[step.name]) for step in self.steps):
            return True
        step, command = self.steps[-1], self.commands[word]
        if step.name != "select" or word not in _named_like_steps(command):
            return False
        return not set(_operator_of(command).needs) <= set(step.values)

    def _option(self, word: str) -> None:
        name, equals, _ = word.partition("=")
        short = self.options().get(word[:2])
        if len(word) > 2 and short is not None and not short.is_flag:
            self._option(word[:2])  # as in -t4
            self.feed(word[2:].removeprefix("="))
            return
        if name in self.own_options:
            option, words = self.own_options[name], self.steps[-1].options
        elif name in self._whole_options:
            option, words = self._whole_options[name], self.whole.options
        else:
            raise advice.unknown_option(word, self)
        if option.metavar == "FILE" and not option.multiple and _is_given(option, words):
            raise click.UsageError(f"{option.opts[0]} is given twice; it names one file")
        words.append(word)
        if not equals and not option.is_flag and not option.count:
            self.pending, self._missing, self._pending_words = option, option.nargs, words
            if isinstance(option, FilesOption):
                self._further = sys.maxsize
            elif isinstance(option, MatesOption):
                given = sum(_is_word_of(option, w) for w in words) - 1
                self._further = max(0, option.most * self._listed() - given - 1)

    def _listed(self) -> int:
        """The number of values that the current step has in its list, such as files."""
        assert self.command is not None
        arguments = [each for each in self.command.params if isinstance(each, click.Argument)]
        single = sum(each.nargs for each in arguments if each.nargs > 0)
        return len(self.steps[-1].values) - single

    def _may_take(self, word: str) -> bool:
        free = word == "-" or not word.startswith("-")
        return bool(self._further) and free and word not in self.commands

    def _take(self, word: str) -> None:
        assert self.pending is not None
        wrong = advice.wrong_value(self.pending, word, self)
        if wrong:
            raise self._refused(wrong)
        if self._missing:
            self._missing -= 1
        else:
            self._pending_words.append(self.pending.opts[0])
            self._further -= 1
        self._pending_words.append(word)
        if not self._missing and not self._further:
            self.pending = None


def split(
    words: Sequence[str], commands: Mapping[str, click.Command], whole: click.Command
) -> tuple[Step, Iterator[Step]]:
    """Splits a command line into steps, one by one, so that the first error is found first.

    Args:
        words: The command line without the program's name.
        commands: The steps by name.
        whole: The command with the options of the whole run.

    Returns:
        The options of the whole run, complete once all steps have been taken, and the steps.

    Raises:
        click.UsageError: From the steps: a word is not a step.
    click.UsageError: From the steps: a word is not a step.
    """
    walk = Walk(commands, whole)

    def steps() -> Iterator[Step]:
        given = 0
        try:
            for word in words:
                walk.feed(word)
                while given < len(walk.steps) - 1:
                    given += 1
                    yield walk.steps[given - 1]
            walk.finish()
        except click.UsageError:
            # The steps before the word are checked first: they may lack an argument. Except the
            # step of the word itself, whose argument may come later.
            yield from walk.steps[given : None if walk.is_complete else -1]
            raise
        yield from walk.steps[given:]

    return walk.whole, steps()


def _options_of(command: click.Command) -> dict[str, click.Option]:
    # A context adds the help option.
    context = click.Context(command, info_name=PROGRAM, **command.context_settings)
    options: dict[str, click.Option] = {}
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            for word in (*parameter.opts, *parameter.secondary_opts):
                options[word] = parameter
    return options


def _operator_of(command: click.Command) -> Any:
    return getattr(command, "operator", None)


def _named_like_steps(command: click.Command) -> tuple[str, ...]:
    return getattr(_operator_of(command), "columns_named_like_steps", ())


def _is_text(parameter: click.Parameter) -> bool:
    return parameter.type is click.STRING or parameter.type is TEXT


def _is_given(option: click.Option, words: list[str]) -> bool:
    return any(_is_word_of(option, word) for word in words)


def _is_word_of(option: click.Option, word: str) -> bool:
    return word.partition("=")[0] in option.opts
