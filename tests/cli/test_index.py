"""``index``: makes, describes, combines and converts indexes of k-mers."""

import json
import random

import numpy as np
import pytest

from biometal_stream.cli.index.actions import line
from biometal_stream.cli.main import main
from biometal_stream.indexes.compact.writing import write_compact
from biometal_stream.indexes.scheme import Scheme
from biometal_stream.indexing.progress import Progress
from tests.indexes.deacon.files import exact_bytes


@pytest.fixture
def here(tmp_path, monkeypatch):
    bases = "".join(random.Random(5).choices("ACGT", k=3000))
    (tmp_path / "host.fa").write_text(f">a\n{bases}\n>b\n\n>c\nACGT\n>d\n{'N' * 99}\n")
    (tmp_path / "mask.fa").write_text(f">a\n{bases[:999]}\n")
    (tmp_path / "a.idx").write_bytes(exact_bytes(range(9)))
    (tmp_path / "b.idx").write_bytes(exact_bytes(range(5, 12)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(words, capfd):
    status = main(words.split())
    captured = capfd.readouterr()
    return status, captured.out, captured.err


def test_build(here, capfd):
    status, out, err = run("index build host.fa --output host.idx", capfd)
    assert (status, out) == (0, "")
    count = (len((here / "host.idx").read_bytes()) - 11) // 8
    assert err == (
        f"4 sequences, 3,103 bases, {count} minimizers; none in 1 empty sequence, 1 sequence"
        " shorter than 45 bases and 1 sequence without 45 bases A, C, G or T in a row -> host.idx"
        f" (deacon, {(11 + 8 * count) / 1000:.1f} kB)\n"
    )
    status, _, err = run("index build mask.fa host.fa -o both.compact -k 21 -w 11 --quiet", capfd)
    assert (status, err) == (0, "")
    status, out, _ = run("index info both.compact --json", capfd)
    assert (json.loads(out)["k"], json.loads(out)["w"]) == (21, 11)
    assert json.loads(out)["about"]["sources"] == ["mask.fa", "host.fa"]


def test_standard_output(here, capfdbinary):
    assert main(["index", "build", "host.fa", "--output", "host.idx", "--quiet"]) == 0
    assert main(["index", "build", "host.fa", "--output", "-", "--format", "deacon"]) == 0
    assert capfdbinary.readouterr().out == (here / "host.idx").read_bytes()


def test_info(here, capfd):
    assert run("index info a.idx", capfd)[1] == (
        "a.idx\n"
        "format           deacon's format 3\n"
        "k, w             31, 15\n"
        "minimizers       9\n"
        "size             83 bytes (73.8 bits each)\n"
        "false positives  none\n"
    )
    main(["index", "build", "host.fa", "--output", "host.compact", "--quiet"])
    out = run("index info host.compact", capfd)[1]
    assert "made by          index build, biometal-stream" in out
    assert "of               host.fa\nsequences        4 sequences, 3,103 bases" in out
    assert " % of k-mers, 0.0" in out
    assert (
        "k-mers           intact: all checksums"
        in run("index info host.compact --verify", capfd)[1]
    )
    assert "k-mers           intact: all are diff" in run("index info a.idx --verify", capfd)[1]
    both = json.loads(run("index info a.idx b.idx --json", capfd)[1])
    assert [each["count"] for each in both] == [9, 7]


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"sources": [f"{n}.fa" for n in range(25)]}, "18.fa, 19.fa and 5 more\n"),
        ({"sources": 3, "sequences": "many", "bases": None}, "false positives"),
        ({"command": "build\x1b[31m", "sources": [{}]}, "index build\\x1b[31m"),
    ],
)
def test_any_description_can_be_shown(here, capfd, about, said):
    with (here / "a.compact").open("wb") as file:
        write_compact(file, [np.arange(9, dtype=np.uint64)], 9, Scheme(), about)
    status, out, _ = run("index info a.compact", capfd)
    assert status == 0
    assert said in out


def test_names_need_not_be_utf8(here, capfd):
    (here / "host.fa").rename(here / "host\udcff.fa")
    assert main(["index", "build", "host\udcff.fa", "-o", "\udcff.compact", "--quiet"]) == 0
    assert main(["index", "info", "\udcff.compact"]) == 0
    assert r"host\xff.fa" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("union a.idx b.idx -o o.idx", "9; 7 minimizers in, 12 out -> o.idx (deacon, 107 bytes)"),
        ("intersect a.idx b.idx -o o.idx", "9; 7 minimizers in, 4 out -> o.idx (deacon"),
        ("subtract a.idx b.idx -o o.idx", "9; 7 minimizers in, 5 out -> o.idx (deacon"),
        ("convert a.idx -o o.compact", "9 minimizers in, 9 out -> o.compact (compact"),
        ("convert a.idx -o o.bin --format deacon", "9 out -> o.bin (deacon, 83 bytes)"),
    ],
)
def test_combine(here, capfd, words, said):
    status, _, err = run(f"index {words}", capfd)
    assert status == 0
    assert said in err


def test_subtract_sequences(here, capfd):
    assert main(["index", "build", "host.fa", "--output", "host.idx", "--quiet"]) == 0
    status, _, err = run("index subtract host.idx mask.fa -w 1 -o o.idx", capfd)
    assert status == 0
    assert "; 969 minimizers in, " in err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("index", 2, "missing argument"),
        ("index make a.fa -o a", 2, "'make' is not one of build, info, union, subtract"),
        ("index build -o a.idx", 2, "missing argument 'FILES...'"),
        ("index build host.fa", 2, "index build needs --output, such as --output host.compact"),
        ("index build host.fa -o a.idx -k 30", 2, "k must be odd, from 3 to 31, not 30"),
        ("index build host.fa -o a.idx --format fast", 2, "is not one of compact, deacon"),
        ("index build host.fa -o a.idx --json", 2, "index build does not take --json"),
        ("index build host.fa -o a.idx --verify", 2, "index build does not take --verify"),
        ("index info a.idx -o b", 2, "index info does not take --output; it prints to standard"),
        ("index union a.idx b.idx -k 31 -o o.idx", 2, "index union does not take -k"),
        ("index convert a.idx b.idx -o o.idx", 2, "index convert takes one index, not 2; 'index"),
        ("index union a.idx -o o.idx", 2, "index union needs at least two indexes"),
        ("index build none.fa -o o.idx", 1, "none.fa: cannot be opened: No such file"),
        ("index info host.fa", 1, "host.fa: is FASTA, not an index; make one of it"),
        ("index build host.fa a.idx -o o.idx", 1, "a.idx: is an index, not sequences; 'biometal-"),
        ("read host.fa index info a.idx", 2, "'index' runs alone, without other steps"),
        ("--stats s.json index info a.idx", 2, "apply to pipelines only"),
    ],
)
def test_wrong_usage(here, capfd, words, status, said):
    before = sorted(here.iterdir())
    found, _, err = run(words, capfd)
    assert found == status
    assert said in err
    assert "Traceback" not in err
    assert sorted(here.iterdir()) == before


def test_progress():
    half = Progress("reading", 2.0, 50_000_000, 100_000_000)
    assert line(half) == "reading  50 %  2 s left  25.0 MB/s"
    assert line(half, 20) == "reading  50 %"
    assert line(Progress("sorting", 3.0, 0, None)) == "sorting"
