"""A command line falls into its steps, whatever stands in it."""

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.cli.command import Argument, FilesOption, StepCommand
from biometal_stream.cli.commands import commands
from biometal_stream.cli.options import options_command
from biometal_stream.cli.read import read_command
from biometal_stream.cli.step import Step
from biometal_stream.cli.steps import split
from biometal_stream.cli.write import write_command


def _step(name, *parameters):
    return StepCommand(name, place="middle", group="Filters", params=list(parameters))


def _argument(name, **settings):
    return Argument([name], metavar=name.upper(), about="", **settings)


COMMANDS = {
    "read": read_command(),
    "min-length": _step("min-length", _argument("length", type=int, required=True)),
    "measure": _step("measure"),
    "where": _step("where", _argument("expression", type=str, required=True)),
    "head": _step("head", _argument("number", type=int, required=False, default=10)),
    "select": _step("select", _argument("columns", type=str, nargs=-1, required=True)),
    "sample": _step(
        "sample",
        _argument("amount", type=float, required=True),
        click.Option(["--seed"], type=int),
        click.Option(["--exact/--no-exact"]),
    ),
    "train": _step(
        "train",
        _argument("reads", type=str, nargs=-1, required=True),
        FilesOption(["--held-out"], multiple=True),
        click.Option(["--out"]),
    ),
    "write": write_command(),
}


def cut(line):
    words = line if isinstance(line, list) else line.split()
    whole, steps = split(words, COMMANDS, options_command())
    return [*((s.name, s.options, s.values) for s in steps)], whole.options


def test_the_examples():
    assert cut("read - min-length 50 where x>1 write reads.parquet")[0] == [
        ("read", [], ["-"]),
        ("min-length", [], ["50"]),
        ("where", [], ["x>1"]),
        ("write", [], ["reads.parquet"]),
    ]
    assert cut("read R1 --mate R2 write o1 --mate o2")[0] == [
        ("read", ["--mate", "R2"], ["R1"]),
        ("write", ["--mate", "o2"], ["o1"]),
    ]
    assert cut("read a b measure write reads.parquet --shards 4")[0] == [
        ("read", [], ["a", "b"]),
        ("measure", [], []),
        ("write", ["--shards", "4"], ["reads.parquet"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "--threads 2 --quiet read a measure",
        "read --threads 2 a --quiet measure",
        "read a --threads 2 measure --quiet",
    ],
)
def test_options_of_the_whole_run_stand_anywhere(line):
    steps, whole = cut(line)
    assert steps == [("read", [], ["a"]), ("measure", [], [])]
    assert whole == ["--threads", "2", "--quiet"]


def test_a_value_may_look_like_a_step_or_an_option():
    assert cut("read a --sample measure write o --level -3")[0] == [
        ("read", ["--sample", "measure"], ["a"]),
        ("write", ["--level", "-3"], ["o"]),
    ]
    assert cut("read a --sample=write measure")[0][0] == ("read", ["--sample=write"], ["a"])
    assert cut("read a write measure")[0][-1] == ("write", [], ["measure"])
    assert cut("read a min-length -5")[0][-1] == ("min-length", [], ["-5"])
    assert cut("read ./measure -- -odd.fq measure")[0] == [
        ("read", [], ["./measure", "-odd.fq"]),
        ("measure", [], []),
    ]


def test_a_list_and_an_optional_argument_end_at_a_step():
    assert cut("read a select name gc head measure head 5 write o")[0] == [
        ("read", [], ["a"]),
        ("select", [], ["name", "gc"]),
        ("head", [], []),
        ("measure", [], []),
        ("head", [], ["5"]),
        ("write", [], ["o"]),
    ]


@pytest.mark.parametrize(
    ("line", "columns", "last"),
    [
        ("minimizers select name minimizers", ["name", "minimizers"], "select"),
        ("minimizers select minimizers name head 5", ["minimizers", "name"], "head"),
        ("minimizers select sequence minimizers kmers", ["sequence", "minimizers"], "kmers"),
        ("demultiplex a.csv tag-description sample", ["sample"], "tag-description"),
        ("select name minimizers", ["name", "minimizers"], "select"),
        ("select kmers name sequence", ["kmers", "name", "sequence"], "select"),
        ("select name sequence minimizers", ["name", "sequence"], "minimizers"),
        ("select name min-length 5", ["name"], "min-length"),
        ("select measure", [], "measure"),
        ("min-length 5 select name min-length 9", ["name"], "min-length"),
        ("measure select name measure", ["name"], "measure"),
    ],
)
def test_a_list_of_columns_may_have_one_that_is_named_like_a_step(line, columns, last):
    _, steps = split(["read", "a", *line.split()], commands(), options_command())
    found = [*steps]
    listing = next(step for step in found if step.name in {"select", "tag-description"})
    assert listing.values == columns
    assert found[-1].name == last


def test_an_option_of_files_takes_all_up_to_the_next() -> None:
    assert cut("train quality a b --held-out c d - --out e")[0] == [
        (
            "train",
            ["--held-out", "c", "--held-out", "d", "--held-out", "-", "--out", "e"],
            ["quality", "a", "b"],
        )
    ]


def test_index_reads_are_one_or_two_for_each_file() -> None:
    expected = ["--index", "I1", "--index", "I2"]
    for line in ("I1 I2 measure", "I1 --index I2 measure", "I1 I2 --threads 2 measure"):
        (step, *_), _ = cut(f"read a --index {line}")
        assert step[1:] == (expected, ["a"])
    (step, _), _ = cut("read a b --mate c d --index e f g h measure")
    assert step[2] == ["a", "b"]
    assert [word for word in step[1] if word[0] != "-"] == list("cdefgh")


@pytest.mark.parametrize(
    ("line", "files", "mates"),
    [
        ("read a b --mate c d measure", ["a", "b"], ["c", "d"]),
        ("read a b --mate c --mate d measure", ["a", "b"], ["c", "d"]),
        ("read a --mate c b --mate d measure", ["a", "b"], ["c", "d"]),
        ("read --mate c a measure", ["a"], ["c"]),
        ("read a b --mate c measure", ["a", "b"], ["c"]),
        ("read a b --mate c d e measure", ["a", "b", "e"], ["c", "d"]),
        ("read a b --mate - --threads 2 measure", ["a", "b"], ["-"]),
    ],
)
def test_mates_of_several_files(line, files, mates):
    (step, _), _ = cut(line)
    assert step[2] == files
    assert [word for word in step[1] if word != "--mate"] == mates
    assert step[1].count("--mate") == len(mates)


def test_the_first_fault_is_told_first():
    words = ["read", "a", "min-length", "min-length", "5", "6", "measure"]
    whole, steps = split(words, COMMANDS, options_command())
    assert next(steps).name == "read"
    assert next(steps).values == []  # its own command will say that LENGTH is missing
    assert next(steps).values == ["5"]
    with pytest.raises(click.UsageError, match="No such step after 'min-length': '6'"):
        next(steps)
    assert whole == Step("")


def test_what_was_meant():
    with pytest.raises(click.UsageError, match=r"'min-lenght'\. Did you mean min-length\?"):
        cut("min-lenght 5")


def test_arguments_never_look_like_options():
    assert Step("min-length", [], ["-5"]).arguments == ["--", "-5"]
    assert Step("measure").arguments == []


WORDS = st.one_of(
    st.text(),
    st.sampled_from([*COMMANDS, "--mate", "--threads", "--seed", "--exact", "--", "-", "-h", "-5"]),
    st.sampled_from(["--mate=x", "--help", "--quiet", "--nothing", "a.fq", "5"]),
)


@given(st.lists(WORDS))
def test_no_word_is_lost_or_crashes(words):
    try:
        steps, whole = cut(words)
    except click.UsageError:
        return
    mates = words.count("--mate")
    given_back = list(whole)
    for name, options, values in steps:
        given_back += [name, *options, *values]
    extra = given_back.count("--mate") - mates  # one is put before each further mate
    assert extra >= 0
    for _ in range(extra):
        given_back.remove("--mate")
    assert sorted(given_back + ["--"] * words.count("--")) == sorted(
        words + ["--"] * given_back.count("--")
    )


NAMES = st.text("abcxyz./_", min_size=1).filter(lambda name: name not in COMMANDS)
MIDDLE = st.one_of(
    st.tuples(st.just("min-length"), st.just([]), st.integers().map(lambda n: [str(n)])),
    st.tuples(st.just("measure"), st.just([]), st.just([])),
    st.tuples(st.just("where"), st.just([]), st.sampled_from([["a > 1"], ["measure"], ["-1 < a"]])),
    st.tuples(st.just("select"), st.just([]), st.lists(NAMES, min_size=1)),
    st.tuples(
        st.just("sample"),
        st.lists(st.sampled_from([("--seed", "3"), ("--seed", "-3"), ("--exact",)])).map(
            lambda pairs: [word for pair in pairs for word in pair]
        ),
        st.just(["0.5"]),
    ),
)


@given(st.lists(NAMES, min_size=1), st.lists(MIDDLE), st.none() | NAMES, st.booleans())
def test_round_trip(files, middle, target, options_last):
    steps = [("read", [], files), *middle]
    if target is not None:
        steps.append(("write", ["--format", "parquet"], [target]))
    words = []
    for name, options, values in steps:
        if values == ["-1 < a"]:
            words += [name, "--", *values]
        else:
            words += [name, *values, *options] if options_last else [name, *options, *values]
    assert cut(words) == (steps, [])
