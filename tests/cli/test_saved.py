"""``--save-pipeline`` and ``run``: a run from a file is the same run."""

import gzip
import json
import os
import re
import shlex
import threading
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.commands import commands
from biometal_stream.cli.main import main
from biometal_stream.cli.saved import load
from biometal_stream.errors import BiometalError
from tests.conftest import REPOSITORY

PLUGIN = '''
from dataclasses import dataclass
import numpy as np
from biometal_stream.plugin import Names, ReadFilter, option, settle_names

@dataclass(frozen=True)
class KeepStarts(ReadFilter):
    """Keeps reads that start with one of some sequences."""

    needs = ("sequence",)

    learnt: Names = option("The sequences.", default=("A", "C"))
    step: float = option("A setting with a name from the file.", default=0.5)
    steps: int | None = option("Another.", default=None)

    def __post_init__(self):
        settle_names(self, "learnt")
        super().__post_init__()

    def keep(self, view):
        reads = view.batch["sequence"].to_pylist()
        return np.array([read.startswith(self.learnt) for read in reads], bool)
'''


@pytest.fixture
def here(inputs, monkeypatch):
    monkeypatch.chdir(inputs)
    return inputs


def run(line):
    assert main([*shlex.split(line), "--quiet"]) == 0


def refused(capsys, line, status=2):
    capsys.readouterr()
    assert main(shlex.split(line)) == status
    return one_line(capsys)


def one_line(capsys):
    said = capsys.readouterr().err.splitlines()
    return said[-1].removeprefix("biometal-stream: error: ")


def written(text, name="p.toml"):
    Path(name).write_text(text)


def test_a_run_from_its_file_is_the_same_run(here):
    run(
        "read R1.fq.gz --mate R2.fq.gz trim-adapters trim-quality 20 min-length 100"
        " write o_R{mate}.fq.gz --level 2 --orphans w.fq --pairs split"
        " --save-pipeline p.toml --threads 2 --memory 64M"
    )
    names = ("o_R1.fq.gz", "o_R2.fq.gz", "w.fq")
    before = [(here / name).read_bytes() for name in names]
    for name in names:
        (here / name).unlink()
    run("run p.toml")
    assert [(here / name).read_bytes() for name in names] == before
    run("run p.toml --save-pipeline q.toml")
    assert (here / "q.toml").read_bytes() == (here / "p.toml").read_bytes()


def test_what_was_learnt_is_for_the_same_files(here, capsys):
    adapter = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA"
    insert = "ACGTTGCATGCCATGGATCCTAGACTTAGGCATTCAGGATCCATTAGCCATAGGCATTTACGACCAGATTA"

    def reads(name, *, adapters):
        with gzip.open(here / name, "wt") as file:
            for n in range(2000):
                text = insert[n % 30 : 30 + n % 37] + (adapter if adapters else insert)
                file.write(f"@r{n}\n{text[:50]}\n+\n{'I' * len(text[:50])}\n")

    reads("with.fq.gz", adapters=True)
    reads("without.fq.gz", adapters=False)
    run("read with.fq.gz trim-adapters write o.fq --save-pipeline p.toml")
    assert "learnt = { trim-adapters = { adapter = [" in (here / "p.toml").read_text()
    run("run p.toml without.fq.gz write two.fq --save-pipeline q.toml")
    run("read without.fq.gz trim-adapters write three.fq")
    assert (here / "two.fq").read_bytes() == (here / "three.fq").read_bytes()
    assert 'adapter = ["none"]' in (here / "q.toml").read_text()
    same = bs.load_pipeline("p.toml")
    assert same.operators[0].look is None
    assert bs.load_pipeline("p.toml", "without.fq.gz").operators[0].look is not None
    same.write_fastq("four.fq")
    assert (here / "four.fq").read_bytes() == (here / "o.fq").read_bytes()
    run("run p.toml --show")
    assert "trim-adapters --adapter AGATCGGAAGAGC" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["standard input", "pipe", "link to standard input"])
def test_what_was_learnt_from_a_pipe_is_not_for_other_reads(here, kind):
    names = {"standard input": "-", "pipe": "pipe.fq", "link to standard input": "link.fq"}
    name = names[kind]
    os.mkfifo("pipe.fq")
    Path("link.fq").symlink_to("/dev/stdin")
    written(f"""[read]
files = ["{name}"]
[[steps]]
trim-adapters = {{}}
learnt = {{ trim-adapters = {{ adapter = ["ACGTACGTACGT"], insert-sizes = "0:0.01,150+:0.1" }} }}
""")
    assert load("p.toml", commands()).learnt == {}
    written(Path("p.toml").read_text().replace(name, "lane1.fq.gz", 1))
    assert set(load("p.toml", commands()).learnt) == {0}


def test_other_files_and_another_target(here):
    run("read lane1.fq.gz --sample S min-length 100 write o.fq --save-pipeline p.toml")
    run("run p.toml lane2.fq.gz --sample T measure write o.parquet")
    table = pq.read_table("o.parquet")
    assert table.schema.metadata[b"biometal_stream.sample"] == b"T"
    assert "gc" in table.column_names
    assert table.num_rows == bs.read("lane2.fq.gz", sample="T").count()
    run("run p.toml R1.fq.gz --mate R2.fq.gz write pairs.fq")
    command = pq.read_schema("o.parquet").metadata[b"biometal_stream.command"].decode()
    assert command == (
        "biometal-stream --quiet read lane2.fq.gz --sample T min-length 100 measure write o.parquet"
    )


LEARNER = '''
from collections import Counter
from dataclasses import dataclass, replace
from biometal_stream.operators.min_length import MinLength
from biometal_stream.plugin import Look, ReadLearner, option

@dataclass(frozen=True)
class LongEnough(ReadLearner):
    """Keeps reads of at least the median length, as another step."""

    needs = ("sequence",)

    add: int = option("Bases to add.", default=0)

    @property
    def look(self):
        return Look(reads=100)

    def learn(self, batches):
        lengths = sorted(len(s) for batch in batches for s in batch["sequence"].to_pylist())
        return MinLength(lengths[len(lengths) // 2] + self.add)
'''


def test_several_learners_of_one_name_and_another_step(here):
    written(LEARNER, "steps.py")
    plugin = "--plugin steps.py"
    line = "read lane1.fq.gz long-enough trim-fixed --length 80 long-enough --add -3 write o.fq"
    run(f"{plugin} {line} --save-pipeline p.toml")
    text = (here / "p.toml").read_text()
    assert "long-enough = { add = 0 }" in text
    assert "learnt = { min-length = { length = 77 } }" in text
    before = (here / "o.fq").read_bytes()
    run(f"{plugin} run p.toml")
    assert (here / "o.fq").read_bytes() == before


def test_what_is_learnt_and_is_no_step_is_learnt_again(here):
    hidden = LEARNER.replace("return MinLength(", "return _Hidden(").replace(
        "@dataclass(frozen=True)\n",
        "@dataclass(frozen=True)\nclass _Hidden(MinLength):\n    name = 'hidden'\n\n"
        "@dataclass(frozen=True)\n",
    )
    written(hidden, "steps.py")
    run("--plugin steps.py read lane1.fq.gz long-enough write o.fq --save-pipeline p.toml")
    assert "learnt" not in (here / "p.toml").read_text()
    before = (here / "o.fq").read_bytes()
    run("--plugin steps.py run p.toml")
    assert (here / "o.fq").read_bytes() == before


def test_outputs_of_the_first_run_are_not_replaced(here, capsys):
    run("read lane1.fq.gz min-length 3 write o.fq --quarantine q.fq --save-pipeline p.toml")
    said = refused(capsys, "run p.toml lane2.fq.gz write x.fq")
    assert said.startswith("p.toml puts bad records into q.fq")
    said = refused(capsys, "run p.toml lane2.fq.gz --quarantine x.fq")
    assert said.startswith("p.toml writes o.fq, which other reads or steps must not replace")
    said = refused(capsys, "run p.toml head 1")
    assert said.startswith("p.toml writes o.fq, which other reads or steps must not replace")
    said = refused(capsys, "run p.toml --save-pipeline p.toml", status=1)
    assert "p.toml" in said
    assert "input" in said


@pytest.mark.parametrize("option", ["--mate R2.fq.gz", "--interleaved", "--format fasta"])
def test_options_of_other_files_need_these(here, capsys, option):
    run("read lane1.fq.gz head 3 write o.fq --save-pipeline p.toml")
    said = refused(capsys, f"run p.toml {option} write x.fq")
    assert said.startswith(f"{option.split()[0]} describes other files; name these, too: run p.t")


def test_the_pipeline_goes_to_standard_output(here, capsys):
    run("read lane1.fq.gz head 3 write o.fq --save-pipeline -")
    text = capsys.readouterr().out
    written(text)
    run("run p.toml write x.fq")
    assert (here / "x.fq").read_bytes() == (here / "o.fq").read_bytes()
    said = refused(capsys, "read lane1.fq.gz write - --save-pipeline -")
    assert "standard output cannot take both" in said


def test_a_pipeline_comes_through_a_pipe(here):
    run("read lane1.fq.gz head 3 write o.fq --save-pipeline p.toml")
    os.mkfifo("pipe")
    text = (here / "p.toml").read_bytes()
    writer = threading.Thread(target=lambda: (here / "pipe").write_bytes(text))
    writer.start()
    run("run pipe write x.fq")
    writer.join()
    assert (here / "x.fq").read_bytes() == (here / "o.fq").read_bytes()


def test_nothing_is_written_of_a_run_that_fails(here, capsys):
    written("@a\nA\n+\n", "bad.fq")
    refused(capsys, "read bad.fq write o.fq --save-pipeline p.toml", status=1)
    assert not (here / "p.toml").exists()
    said = refused(capsys, "read lane1.fq.gz write o.fq --save-pipeline no/p.toml", status=1)
    assert said.startswith("no/p.toml")
    said = refused(capsys, "read lane1.fq.gz write o.fq --save-pipeline p.gz")
    assert "TOML is written there" in said
    assert refused(capsys, "doctor --save-pipeline p.toml").startswith("--stats, --save")


def test_steps_alone_take_the_files_of_the_line(here, capsys):
    written("[[steps]]\nmin-length = { length = 100 }\n")
    said = refused(capsys, "run p.toml")
    assert said.startswith("p.toml has no table 'read'; name the files: run p.toml FILES...")
    run("run p.toml lane1.fq.gz --stats s.json")
    assert json.loads((here / "s.json").read_text())["steps"][0]["name"] == "min-length"
    with pytest.raises(BiometalError, match="has no table 'read'; give files"):
        bs.load_pipeline("p.toml")
    assert bs.load_pipeline("p.toml", "lane1.fq.gz").operators == (bs.MinLength(100),)


def test_names_are_checked_again(here, capsys):
    (here / "twice.fq").write_text("@a\nA\n+\nI\n" * 2)
    run("--check-names read lane1.fq.gz head 3 write o.fq --save-pipeline p.toml")
    assert "check-names = true" in (here / "p.toml").read_text()
    assert bs.load_pipeline("p.toml").operators == (bs.CheckNames(), bs.Head(3))
    assert "occurs twice" in refused(capsys, "run p.toml twice.fq write x.fq", status=1)


def test_the_options_of_the_line_come_first(here, capsys):
    run("read R1.fq.gz --mate R2.fq.gz head 2 --pairs split --save-pipeline p.toml")
    capsys.readouterr()
    assert main(["run", "p.toml", "--pairs", "either", "--threads", "1", "--show"]) == 0
    assert capsys.readouterr().out == (
        "biometal-stream --threads 1 --pairs either read R1.fq.gz --mate R2.fq.gz head 2\n"
    )


def test_steps_of_a_plugin_come_back_if_it_is_named(here, capsys):
    written(PLUGIN, "starts.py")
    plugin = "--plugin starts.py"
    run(f"{plugin} read lane1.fq.gz keep-starts write o.fq --save-pipeline p.toml")
    assert 'keep-starts = { learnt = ["A", "C"], step = 0.5 }' in (here / "p.toml").read_text()
    said = refused(capsys, "run p.toml")
    assert said.startswith("p.toml: step 1: there is no step 'keep-starts' (--plugin FILE adds")
    before = (here / "o.fq").read_bytes()
    run(f"{plugin} run p.toml")
    assert (here / "o.fq").read_bytes() == before
    loaded = bs.load_pipeline("p.toml", plugins=["starts.py"])
    assert loaded.operators[0].learnt == ("A", "C")
    with pytest.raises(BiometalError, match="there is no step 'keep-starts'"):
        bs.load_pipeline("p.toml")


READ = "[read]\nfiles = ['lane1.fq.gz']\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[read\n", "expected TOML: Expected ']' at the end of a table declaration (at line 1, co"),
        ("a = 1\na = 2\n", "expected TOML: Cannot overwrite a value (at line 2"),
        ("x = " + "[" * 9999, "has too many levels of brackets"),
        ("[sources]\n", "sources: a pipeline has no such table"),
        ("[step]\n", "step: a pipeline has no such table. Did you mean steps?"),
        ("read = 3\n", "read: expected a table, { ... }, not 3"),
        ("[read]\nmate = ['x']\n", "read: files is missing; write files = ..."),
        ("[read]\nfile = ['x']\n", "read.file: there is no such key. Did you mean files?"),
        ("[read]\nfiles = 'x'\n", "read.files: expected a list, [...], not 'x'"),
        ("[read]\nfiles = [1]\n", "read.files[1]: expected text, in quotes, not 1"),
        ("[read]\nfiles = []\n", "read.files: expected at least one"),
        (f"{READ}interleaved = 1\n", "read.interleaved: expected true or false, not 1"),
        (f"{READ}format = 'bam'\n", "read.format: 'bam' is not one of fastq, fasta, parquet, arr"),
        (f"{READ}max-record-size = 'x'\n", "read.max-record-size: 'x' is not a number of bytes"),
        (f"{READ}steps = 3\n", "read.steps: there is no such key"),
        (f"steps = 3\n{READ}", "steps: expected a list; write [[steps]] above each step"),
        (f"steps = [3]\n{READ}", "step 1: expected one step, such as min-length = { length = 50 }"),
        ("[[steps]]\n[[steps]]\n", "step 1: expected one step, such as min-length = { length = 50"),
        ("[[steps]]\nhead.count = 1\nmax-n.count = 1\n", "step 1: expected one step, such as min"),
        (
            "[[steps]]\nmin-lenght = {}\n",
            "step 1: there is no step 'min-lenght'. Did you mean min-",
        ),
        ("[[steps]]\nread = {}\n", "step 1: read is a table, not a step; write [read]"),
        ("[[steps]]\npreset = 'illumina'\n", "step 1: a preset is not a step here; write its ste"),
        ("[[steps]]\ndoctor = {}\n", "step 1: there is no step 'doctor'"),
        ("[[steps]]\nmeasure = {}\n[[steps]]\nhead = 5\n", "step 2: head: expected a table, { .."),
        ("[[steps]]\nmin-length = {}\n", "step 1: min-length: length is missing; write length ="),
        ("[[steps]]\nmin-length.lenght = 5\n", "step 1: min-length.lenght: there is no such key."),
        (
            "[[steps]]\nmin-length.length = '50'\n",
            "step 1: min-length.length: expected a whole number, not '50'; write 50, wi",
        ),
        (
            "[[steps]]\nmin-length.length = 99999999999999999999\n",
            "step 1: min-length.length: 99999",
        ),
        (f"[[steps]]\nmin-length.length = {'9' * 5000}\n", "expected TOML: a number has too many"),
        ('[[steps]]\nrename.columns = ["a\\u0000=b"]\n', "step 1: rename.columns[1]: expected tex"),
        ('[[steps]]\nwhere.expression = "a\\nb"\n', "step 1: where: 'a b' is not a condition"),
        ("[[steps]]\nmin-length.length = true\n", "step 1: min-length.length: expected a whole"),
        ("[[steps]]\nmin-length.length = 5.0\n", "step 1: min-length.length: expected a whole"),
        ("[[steps]]\nmin-length.length = 1979-05-27\n", "step 1: min-length.length: expected a w"),
        ("[[steps]]\nmin-length.length = -5\n", "step 1: min-length: length must be at least 0 b"),
        ("[[steps]]\nmin-mean-quality.quality = nan\n", "step 1: min-mean-quality: quality must b"),
        ("[[steps]]\ntrim-quality = { quality = 2, algorithm = 'x' }\n", "step 1: trim-quality.al"),
        ("[[steps]]\nselect.columns = ['a', 2]\n", "step 1: select.columns[2]: expected text, in"),
        ("[[steps]]\nmeasure = {}\nlearnt = 3\n", "step 1: learnt: expected one step, such as min"),
        (
            "[[steps]]\nmeasure = {}\nlearnt.head.number = 1\n",
            "step 1: learnt: measure has nothing to learn; remove 'learnt'",
        ),
        (f"{READ}[write]\nlevel = 3\n", "write: target is missing; write target = ..."),
        (f"{READ}[write]\ntarget = 'o.fq'\nlevl = 1\n", "write.levl: there is no such key. Did"),
        (f"{READ}[write]\ntarget = 'o.fq'\nshards = 0\n", "write.shards: 0 is less than 1"),
        (f"{READ}[options]\nplugin = 'x.py'\n", "options.plugin: a file does not set this; give"),
        (f"{READ}[options]\nquiet = true\n", "options.quiet: a file does not set this; give --qu"),
        (f"{READ}[options]\npairs = 'one'\n", "options.pairs: 'one' is not one of both, either,"),
        (f"{READ}[options]\nthreds = 1\n", "options.threds: there is no such key. Did you mean"),
    ],
)
def test_faults_are_one_line_with_the_place(here, capsys, text, said):
    written(text)
    assert main(shlex.split("run p.toml lane1.fq.gz write x.fq")) in {1, 2}
    line = one_line(capsys)
    assert line.startswith(f"p.toml: {said}")
    assert not (here / "x.fq").exists()


def test_a_mark_of_byte_order_is_accepted(here):
    (here / "p.toml").write_bytes(b"\xef\xbb\xbf" + READ.replace("\n", "\r\n").encode())
    run("run p.toml")


def test_the_file_of_the_guide_runs(here):
    page = (REPOSITORY / "docs" / "guide" / "pipelines.md").read_text()
    whole, learnt = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    line = re.search(r"biometal-stream (read .+--save-pipeline clean.toml)", page)
    assert line is not None
    run(line[1])
    saved = tomllib.loads((here / "clean.toml").read_text())
    for step in saved["steps"]:
        step.pop("learnt", None)
    assert saved == tomllib.loads(whole)
    written(whole)
    run("run p.toml")
    assert (here / "clean_R2.fq.gz").exists()
    written(learnt)
    run("run p.toml R1.fq.gz --mate R2.fq.gz write again.fq.gz --interleaved")


def test_a_file_alone_is_run_by_run(here, capsys):
    said = refused(capsys, "p.toml")
    assert said.startswith("no such step: 'p.toml'; 'run p.toml' runs a saved pipeline")


def test_files_that_are_no_text_are_refused(here, capsys):
    (here / "p.toml").write_bytes(b"a = '\xff'")
    assert refused(capsys, "run p.toml") == (
        "p.toml: expected TOML, which is text in UTF-8; byte 5 is not"
    )
    assert "no such file" in refused(capsys, "run none.toml", status=1).lower()
    assert refused(capsys, "run /dev/zero", status=1).startswith("/dev/zero: is too large")
    assert refused(capsys, "run .", status=1).startswith(".: ")
    assert "expected TOML" in refused(capsys, "run lane1.fq.gz")


def test_a_line_that_is_shown_cannot_steer_the_terminal(here, capsys):
    written("[read]\nfiles = ['lane1.fq.gz', \"\\u001b[31m\\u202e.fq\"]\n")
    run("run p.toml --show")
    assert capsys.readouterr().out == (
        "biometal-stream --quiet read lane1.fq.gz '\\x1b[31m\\u202e.fq'\n"
    )


def test_contents_never_run_code(here, capsys):
    written("import sys\nsys.exit(7)\n", "code.py")
    for text in (
        "plugin = ['code.py']\n",
        "[options]\nplugin = ['code.py']\n",
        "[[steps]]\nplugin = { file = 'code.py' }\n",
        "[[steps]]\n'code.py' = {}\n",
        "[[steps]]\n'os:system' = { command = 'touch x' }\n",
    ):
        written(text + READ)
        refused(capsys, "run p.toml")
        with pytest.raises(BiometalError):
            bs.load_pipeline("p.toml")


def test_words_that_look_like_options_stay_words(here, capsys):
    (here / "-x.fq").write_bytes((here / "lane1.fq.gz").read_bytes())
    line = "read --sample S -- -x.fq where -- '-gc < 0' rename -- -a=b write --level 3 -- -o.fq.gz"
    assert main(["--show", *shlex.split(line)]) == 0
    assert capsys.readouterr().out == f"biometal-stream {line}\n"
    (here / "p.toml").write_text(READ + "[[steps]]\nwhere.expression = '-gc < 0'\n")
    run("run p.toml --show")
    assert capsys.readouterr().out.endswith("read lane1.fq.gz where -- '-gc < 0'\n")
