"""A word that fits nowhere is answered with what was meant, and that works when it is typed."""

import re
import shlex

import pytest

from biometal_stream.cli import habits
from biometal_stream.cli.commands import commands
from biometal_stream.cli.main import main
from biometal_stream.cli.options import options_command
from biometal_stream.cli.steps import split


@pytest.fixture
def here(inputs, monkeypatch):
    """The folder of the inputs, as the current one."""
    monkeypatch.chdir(inputs)
    return inputs


STEP = "read R1.fq.gz"
CASES = [
    # Options of other tools, and ours in the wrong place.
    ("-i a -o b", "no such option: -i; the input comes first: 'read FILE'"),
    ("--in1 a --out1 b", "no such option: --in1; the input comes first"),
    ("read -1 a -2 b", "no such option: -1; the input comes first"),
    (f"{STEP} -2 R2.fq.gz", "no such option: -2; mates are read as 'read FILE --mate FILE'"),
    (f"{STEP} -o out.fq", "no such option: -o; the output comes last: 'write FILE'"),
    (f"{STEP} -O out2.fq", "'write FILE --mate FILE'"),
    (f"{STEP} -j 4", "'--threads 4'"),
    (f"{STEP} -@4", "'--threads 4'"),
    (f"{STEP} --length_required=50", "'min-length 50'"),
    (f"{STEP} -m 50", "'min-length 50'"),
    (f"{STEP} -q20", "'min-mean-quality 20'"),
    (f"{STEP} --adapter ACGT", "'trim-adapters' finds and trims adapters"),
    (f"{STEP} trim-quality --cut_tail", "'trim-quality 20 --algorithm cut-tail' does that"),
    (f"{STEP} SLIDINGWINDOW:4:15", "'trim-quality 15 --algorithm sliding-window' does that"),
    (f"{STEP} crop 36", "'trim-fixed --length 100' shortens reads"),
    (f"{STEP} --min-length 50", "'min-length' is a step, written without dashes"),
    (f"{STEP} write o.fq -f", "an existing target is always replaced"),
    ("--engine ray read R1.fq.gz", "--engine; it is an option of 'write', and belongs after"),
    (f"{STEP} write o.fq --sample S1", "--sample; it is an option of 'read'"),
    (f"{STEP} --thread 4", "'--threads 4'"),
    (f"{STEP} --quite", "Did you mean --quiet?"),
    (f"{STEP} sample -n 10", "Did you mean --number?"),
    (f"{STEP} head -n 10", "'head' takes NUMBER without an option: 'head NUMBER'"),
    (f"{STEP} min-mean-quality --threshold 20", "takes QUALITY without an option"),
    # Values that are not there, or that are a step or an option.
    ("--stats read x", "--stats needs a value, '--stats FILE', but 'read' is a step"),
    ("--threads read x", "--threads needs a value, '--threads NUMBER', but 'read' is a step"),
    (f"{STEP} --mate", "--mate needs a value, '--mate FILE'"),
    (f"{STEP} --mate write o.fq", "'write' is a step; write a file of that name as ./write"),
    (f"{STEP} --mate --threads 4", "'--threads' is an option"),
    (f"{STEP} --sample --threads 4", "'--threads' is an option"),
    (f"{STEP} write o.fq --mate a.fq --mate b.fq", "--mate is given twice"),
    (f"{STEP} --stats a --stats b", "--stats is given twice"),
    (f"{STEP} keep-label PASS write o.fq", "takes MODEL LABEL, and 'write' was taken for LABEL"),
    (f"{STEP} write o1.fq o2.fq", "'write o1.fq --mate o2.fq'"),
    # Words where a step should be.
    ("R1.fq.gz min-length 50", "a pipeline starts with 'read': 'read R1.fq.gz ...'"),
    ("stats R1.fq.gz", "'summarize' prints a summary"),
    (f"{STEP} trim", "no such file or step: 'trim'; 'trim-quality 20' trims low"),
    (f"{STEP} trim 5", "'trim'; 'trim-quality 20' trims low-quality ends"),
    (f"{STEP} measure trimm", "'trim-quality 20' trims low-quality ends"),
    (f"{STEP} filter", "'min-length 50'"),
    (f"{STEP} subsample 0.1", "'sample --fraction 0.1'"),
    (f"{STEP} fq2fa", "'read FILE write reads.fa.gz' converts to FASTA"),
    (f"{STEP} min_length 50", "Did you mean min-length?"),
    (f"{STEP} MinLength 50", "Did you mean min-length?"),
    (f"{STEP} measure min-length=50", "write 'min-length 50'"),
    (f"{STEP} 50", "'head 50' keeps the first reads"),
    (f"{STEP} min-length 50 60", "'min-length' takes LENGTH"),
    (f"{STEP} sample 0.1", "write 'sample --fraction 0.1'"),
    (f"{STEP} sample 10%", "write 'sample --fraction 0.1'"),
    (f"{STEP} where gc>0.1 length>5", "write one condition, 'where \"gc>0.1 and length>5\"'"),
    (
        f"{STEP} write s3://bucket/o.parquet",
        "writing to URLs is not supported; write a file and copy it",
    ),
    (f"{STEP} sample 100", "write 'sample --number 100'"),
    (f"{STEP} predict quality 0.9", "write 'predict --threshold 0.9'"),
    (f"{STEP} measure gc", "write 'measure --columns gc'"),
    (f"{STEP} measure --columns gc length", "write 'measure --columns length'"),
    (f"{STEP} where mean_quality 20", "quote the condition, 'where \"mean_quality >= 20\"'"),
    (f"{STEP} where gc == 0.5", "'where \"gc == ...\"'"),
    # Values.
    (f"{STEP} min-length 50bp", "'50bp' is not a whole number; write 50"),
    (f"{STEP} min-length 1,000", "write 1000"),
    (f"{STEP} head 10k", "write 10000"),
    (f"{STEP} head 1e6", "write 1000000"),
    (f"{STEP} head 1.5", "'1.5' is not a whole number (see"),
    (f"{STEP} min-mean-quality Q20", "'Q20' is not a number; write 20"),
    (f"{STEP} sample --fraction 10%", "write 0.1"),
    (f"{STEP} sample --fraction 0,5", "write 0.5"),
    (f"{STEP} sample --fraction 10", "must be at most 1: 10; 10 % is 0.1"),
    (f"{STEP} predict quality --threshold 20", "must be at most 1: 20; 20 % is 0.2"),
    (f"{STEP} --threads four", "'four' is not a whole number"),
    (f"{STEP} measure --columns gc,length", "write --columns gc --columns length"),
    (f"{STEP} measure --columns GC", "Did you mean gc?"),
    (f"{STEP} --quality-encoding phred", "Did you mean phred33?"),
    (f"{STEP} select name length", "'length', which 'measure' adds; put that step before it"),
    (f"{STEP} select name,sequence", "write the names separately: name sequence"),
    (f"{STEP} select nam", "did you mean 'name'?"),
    (f"{STEP} select quality_label", "which 'predict quality' adds"),
    (f"{STEP} write o.csv", "o.csv: writing .csv is not supported; write reads.parquet"),
    (f"{STEP} write o.bam", "write reads.fq.gz, which samtools import reads"),
    ("read https://host/x.fq.gz", "URLs are not supported; download it, or pipe it in: curl -L"),
]


@pytest.mark.parametrize(("line", "said"), CASES, ids=[line for line, _ in CASES])
def test_what_was_meant(here, capsys, line, said):
    before = set(here.iterdir())
    assert main(line.split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    last = shown.err.splitlines()[-1]
    assert last.startswith("biometal-stream: error: ")
    assert said in last
    assert set(here.iterdir()) == before


def test_missing_files_are_bad_input(here, capsys):
    assert main(["read", "a.fq", "R1.fq.gz", "b.fq"]) == 1
    assert "a.fq, b.fq: cannot be opened: No such files" in capsys.readouterr().err
    assert main(["read", "R1.fq.gz,R2.fq.gz"]) == 1
    assert "separate files by spaces: R1.fq.gz R2.fq.gz" in capsys.readouterr().err
    assert main(["read", "n*.fq"]) == 1
    assert "n*.fq: cannot be opened: no file matches this pattern" in capsys.readouterr().err


def test_the_file_that_an_unquoted_condition_makes_is_named(shell, inputs):
    line = "biometal-stream read R1.fq.gz where mean_quality >= 20"
    assert "has created the file '='" in shell.run(line, status=2).stderr


@pytest.mark.parametrize("line", ["", " write o.fq"])
def test_a_deleted_folder_is_named(shell, inputs, line):
    run = shell.run(f"mkdir d; cd d; rmdir ../d; biometal-stream read R1.fq.gz{line}", status=1)
    assert "the current directory no longer exists; cd into another" in run.stderr


@pytest.mark.parametrize("words", ["-t 2", "-t2", "-t=2", "--threads=2", "--threads 2"])
def test_threads(here, capsys, words):
    assert main([*words.split(), "read", "R1.fq.gz", "write", "o.fq", "--stats", "s.json"]) == 0
    assert '"workers": 2' in (here / "s.json").read_text()


@pytest.mark.parametrize(
    ("words", "same"),
    [("help", "--help"), ("help min-length", "min-length --help"), ("version", "--version")],
)
def test_words_that_do_what_they_say(capsys, words, same):
    assert main(words.split()) == main(same.split()) == 0
    shown = capsys.readouterr().out
    assert shown[: len(shown) // 2] == shown[len(shown) // 2 :]


ADVICE = sorted({*habits.STEPS.values(), *habits.OPTIONS.values(), *habits.OF_ADAPTERS.values()})


@pytest.mark.parametrize("advice", ADVICE)
def test_what_is_advised_can_be_typed(advice):
    for quoted in re.findall(r"'([^']+)'", advice):
        words = shlex.split(quoted.replace("FILE", "a.fq"))
        if words[0] in {"write", "measure"} and len(words) == 1:
            continue
        if words[0] != "read":
            words = ["read", "a.fq", *words]
        whole, steps = split(words, commands(), options_command())
        for step in steps:
            commands()[step.name].make_context(step.name, list(step.arguments))
        options_command().make_context("", list(whole.options))


def test_no_habit_is_a_step_or_an_option_of_ours():
    assert not set(habits.STEPS) & set(commands())
    whole = {word for one in options_command().params for word in one.opts}
    assert not set(habits.OPTIONS) & whole


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("trim-adapters -g ^ACGT", "--front ^ACGTACGT"),
        ("match-adapters -G ACGT", "--mate-front"),
        ("trim-adapters --adapter ACGT -n 2", "--times 2"),
        ("trim-adapters -O 5", "--min-overlap 3"),
        ("trim-adapters -e 0.2", "--error-rate"),
        ("-g ^ACGT", "trims a 5' adapter; 'trim-poly-g'"),
        ("trim-poly-g -n 5", "head 10"),
        ("trim-adapters --revcomp", "match-adapters --adapter AGATCGGAAGAGC --reverse"),
        ("trim-adapters --discard-untrimmed", 'where "not is_null(adapter)"'),
    ],
)
def test_options_of_cutadapt_are_known_at_steps_of_adapters(capsys, words, advice):
    assert main(["read", "a.fq", *words.split()]) == 2
    assert advice in capsys.readouterr().err
