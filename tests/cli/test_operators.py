"""An operator is on the command line by existing: its fields become arguments and options."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

import click
import pytest

from biometal_stream.cli.command import FILTERS, TRANSFORMS
from biometal_stream.cli.main import main
from biometal_stream.cli.operators import command_of, make
from biometal_stream.operators.base import ReadFilter, StatelessOperator
from biometal_stream.registry.builtin import operator_classes
from biometal_stream.settings import argument, option


@dataclass(frozen=True)
class MinThing(ReadFilter):
    """Keeps reads with a ``thing``.

    A thing is this::

        thing = 1
              + 2

    ===== ====
    thing what
    ===== ====
    one   two
    ===== ====

    Attributes:
        least: Not for the command line.
    """

    least: float = argument("The least thing.", unit="Phred", minimum=0, maximum=93)
    window: int = option("How far to look.", unit="bases", minimum=1, default=4)
    strict: bool = option("Whether to be strict.", default=False)
    how: Literal["mean", "median"] = option(
        "What to take.", choices=("mean", "median"), default="mean"
    )
    seed: int | None = option("What to start from.", default=None)


@dataclass(frozen=True)
class Pick(StatelessOperator):
    """Picks columns."""

    columns: tuple[str, ...] = argument("The columns.")
    extra: tuple[str, ...] = option("More of them.", default=())


def parsed(kind, *words):
    command = command_of("step", kind)
    context = command.make_context("step", list(words))
    return make(context)


def helped(kind):
    command = command_of("step", kind)
    return command.get_help(click.Context(command, info_name="step", max_content_width=200))


def test_values_reach_the_fields():
    assert parsed(MinThing, "20") == MinThing(20.0)
    assert parsed(
        MinThing, "20", "--window", "6", "--strict", "--how", "median", "--seed", "3"
    ) == (MinThing(20.0, 6, True, "median", 3))
    assert parsed(Pick, "a", "b", "--extra", "c", "--extra", "d") == Pick(("a", "b"), ("c", "d"))


def test_help_has_units_ranges_and_defaults():
    text = helped(MinThing)
    assert "Usage: biometal-stream read FILES... step LEAST [OPTIONS]" in text
    assert "The least thing, in Phred (0 to 93)." in text
    assert "How far to look, in bases (at least 1, default 4)." in text
    assert "--window BASES" in text
    assert "--strict / --no-strict" in text
    assert "[mean|median]" in text
    assert "Keeps reads with a thing." in text
    assert "  A thing is this:\n" in text
    assert "      thing = 1\n            + 2\n" in text
    assert "  thing what\n  one   two\n" in text
    assert "Not for the command line" not in text


def test_groups():
    assert command_of("step", MinThing).group == FILTERS
    assert command_of("step", Pick).group == TRANSFORMS


@pytest.mark.parametrize("words", [["94"], ["-1"], ["nan"], ["5", "--window", "0"]])
def test_a_value_out_of_range_is_wrong_usage(words):
    with pytest.raises(click.UsageError, match="must be at"):
        parsed(MinThing, *[*words[1:], "--", words[0]])


def test_an_option_out_of_range_is_named_as_it_is_typed():
    with pytest.raises(click.UsageError, match=": --window must be at least 1 base: 0"):
        parsed(MinThing, "5", "--window", "0")


@pytest.mark.parametrize("words", [[], ["x"], ["5", "--how", "mode"], ["5", "6"]])
def test_what_click_finds_itself(words):
    with pytest.raises(click.UsageError):
        parsed(MinThing, *words)


def test_a_type_that_no_word_can_give():
    @dataclass(frozen=True)
    class Bad(StatelessOperator):
        """Bad."""

        table: dict = argument("A table.")

    Bad.__annotations__["table"] = dict
    with pytest.raises(TypeError, match="a command line cannot give"):
        command_of("bad", Bad)


def test_operators_go_by_their_names_on_the_command_line():
    text = helped(operator_classes()["min-mean-quality"])
    assert "for that use min-arithmetic-mean-quality" in " ".join(text.split())


@pytest.mark.parametrize("name", sorted(operator_classes()))
def test_every_operator_explains_itself(name):
    command = command_of(name, operator_classes()[name])
    text = command.get_help(click.Context(command, info_name=name))
    assert f" {name} " in text.splitlines()[0] + " "
    assert command.help
    assert "`" not in text
    assert "Attributes:" not in text


def test_without_docstrings_there_is_still_help():
    def shown(*words):
        return subprocess.run(
            [sys.executable, "-OO", "-m", "biometal_stream", *words],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    text = shown("max-low-quality-fraction", "--help")
    assert "MaxLowQualityFraction" not in text
    assert "--quality" in text
    assert "(0 to 93, default 15)" in " ".join(text.split())
    assert "max-low-quality-fraction\n" in shown("--help")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("mask-quality 20.5", "invalid value for 'QUALITY': '20.5' is not a whole number"),
        ("max-dust x", "invalid value for 'SCORE': 'x' is not a number"),
        ("split-quality 99", "split-quality: quality must be at most Q93: 99"),
        ("trim-n --min-run 0", "trim-n: --min-run must be at least 1 base: 0"),
        ("trim-quality -1", "trim-quality: quality must be at least"),
    ],
)
def test_an_argument_is_named_without_brackets_and_a_limit_with_its_unit(line, said, capsys):
    assert main(["read", "none.fq", *line.split()]) == 2
    assert said in capsys.readouterr().err
