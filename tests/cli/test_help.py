"""Every example in a help text is a command that works, with models and labels that are shipped."""

import re
import shlex

import click
import pytest

from biometal_stream.cli.advice import context_of
from biometal_stream.cli.command import parse
from biometal_stream.cli.commands import commands
from biometal_stream.cli.help import EXAMPLES
from biometal_stream.cli.options import options_command
from biometal_stream.cli.steps import split
from biometal_stream.models.library import shipped
from biometal_stream.operators.matching.named import parse_indexes
from biometal_stream.registry.builtin import operator_classes

PROGRAM = "biometal-stream"


def in_help():
    """The commands of all help texts: whole lines, and steps between backticks in docstrings."""
    yield from EXAMPLES
    for name, command in commands().items():
        text = command.get_help(context_of(name, command))
        for line in text.splitlines():
            before, found, words = line.partition(f"{PROGRAM} ")
            if found and "Usage:" not in before:
                yield words.partition(")")[0] if "$(" in before else words
    for kind in operator_classes().values():
        for span in re.findall(r"``([^`]+)``", kind.__doc__):
            if span.partition(" ")[0] in commands() and " " in span:
                yield f"read a.fq {span}"


def words_of(text):
    """The words that reach the program, without what is the shell's."""
    words = shlex.split(text, comments=True)
    for place, word in enumerate(words):
        if word in {"|", "<", ">"}:
            return words[:place]
    return words


FOUND = sorted(set(in_help()))


def test_there_are_some():
    assert len(FOUND) > 15
    assert "read a.fq predict quality drop-label quality FAIL" in FOUND


@pytest.mark.parametrize("text", FOUND)
def test_an_example_parses_and_names_what_is_shipped(text):
    whole, steps = split(words_of(text), commands(), options_command())
    labels = {}
    for step in steps:
        root = click.Context(options_command())
        values = parse(commands()[step.name], step.arguments, parent=root).params
        if step.name == "predict":
            labels[values["column"] or values["model"]] = shipped()[values["model"]].labels
        elif step.name == "deplete":
            names = {each.name for each in parse_indexes(values["indexes"])}
            labels[values["column"] or "index"] = names
        elif step.name in {"keep-label", "drop-label"}:
            assert values["label"] in labels[values["model"]]
    options_command().make_context(PROGRAM, list(whole.options))


def test_the_words_of_messages_are_plain():
    """Words that the language of the house has no use for, in what users read."""
    odd = re.compile(r"\b(there is none|are no mates|behind|worked out|1 reads|tells nothing)\b")
    for name, command in commands().items():
        text = " ".join(command.get_help(context_of(name, command)).split())
        assert not odd.search(text), name
