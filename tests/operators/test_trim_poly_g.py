"""Cutting tails of G: which reads, and what a run says about them."""

import json

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.operators.instruments import PREFIXES

REST = ":28:222HWCNNX:1:1415:77502:26573"
TAIL = "G" * 40
STRAY = ("ACTGACTTGCAATTCACTA", TAIL + "C")
"""The insert and the tail of a read like that of cutadapt's issue 883: its last base is not G."""


def batch(names, reads, descriptions=None):
    columns = {"name": names, "sequence": reads, "quality": ["I" * len(read) for read in reads]}
    if descriptions is not None:
        columns["description"] = pa.array(descriptions, pa.string())
    return pa.record_batch(columns)


def lengths(result):
    return [len(read) for read in result["sequence"].to_pylist()]


def test_a_stray_base_at_the_end_of_the_tail_does_not_save_it():
    for prefix in PREFIXES:
        result = bs.TrimPolyG()(batch([prefix + "00845" + REST], ["".join(STRAY)]))
        assert result["sequence"].to_pylist() == [STRAY[0]]
        assert lengths(result) == [len(STRAY[0])] == [len(result["quality"][0].as_py())]


def test_each_read_is_trimmed_by_its_own_name():
    names = ["A00123" + REST, "M00123" + REST, "LH00123" + REST, "read7", "HWI-ST1" + REST]
    result = bs.TrimPolyG()(batch(names, ["ACT" + TAIL] * 5))
    assert lengths(result) == [3, 43, 3, 43, 43]
    assert lengths(bs.TrimPolyG(when="always")(batch(names, ["ACT" + TAIL] * 5))) == [3] * 5


def test_the_original_name_may_be_in_the_description():
    names = [f"SRR1.{k}" for k in range(4)]
    descriptions = [f"A00123{REST}/1", f"M00123{REST} length=43", None, f"1 A00123{REST}"]
    result = bs.TrimPolyG()(batch(names, ["ACT" + TAIL] * 4, descriptions))
    assert lengths(result) == [3, 43, 43, 43]


def test_the_least_tail():
    name = ["NB501" + REST]
    assert lengths(bs.TrimPolyG()(batch(name, ["ACT" + "G" * 8]))) == [11]
    assert lengths(bs.TrimPolyG()(batch(name, ["ACT" + "G" * 9]))) == [
        3
    ]  # fastp counts a base before them
    assert lengths(bs.TrimPolyG(5)(batch(name, ["ACT" + "G" * 5]))) == [3]
    assert lengths(bs.TrimPolyG(10**30)(batch(name, ["ACT" + TAIL]))) == [43]
    assert lengths(bs.TrimPolyG()(batch(name, [TAIL]))) == [0]


def test_only_the_columns_that_show_the_instrument_are_read():
    schema = pa.schema([(name, pa.string()) for name in ("name", "description", "sequence")])
    used = frozenset(["sequence"])
    assert bs.TrimPolyG().pushdown(used, schema)[1] == {"name", "description", "sequence"}
    assert bs.TrimPolyG(when="always").pushdown(used, schema)[1] == used
    assert bs.TrimPolyG(when="always")(batch(["x"], [TAIL]).select(["sequence"])).num_rows == 1
    with pytest.raises(bs.SchemaError, match="needs a column 'name'"):
        bs.TrimPolyG()(batch(["x"], [TAIL]).select(["sequence"]))


def written(tmp_path, names):
    path = tmp_path / "reads.fq"
    read = "".join(STRAY)
    path.write_text("".join(f"@{name}\n{read}\n+\n{'I' * len(read)}\n" for name in names))
    return path


@pytest.mark.parametrize("threads", ["1", "3"])
def test_a_run_says_which_instruments_it_found(tmp_path, capsys, threads):
    names = ["A00123" + REST, "M00123" + REST, "A00124" + REST] * 3000
    stats, reads = tmp_path / "stats.json", written(tmp_path, names)
    line = ["--threads", threads, "--stats", str(stats), "read", str(reads), "trim-poly-g"]
    assert main([*line, "write", str(tmp_path / "out.fq")]) == 0
    assert (
        "trim-poly-g: reads of instruments with two colours: 6,000 of NovaSeq 6000; 3,000 of"
        " other instruments were not trimmed\n"
    ) in capsys.readouterr().err
    found = json.loads(stats.read_text())["results"]["trim-poly-g"]
    assert found == {"reads": {"NovaSeq 6000": 6000}, "others": 3000}


def test_a_run_without_such_instruments_says_what_to_type(tmp_path, capsys):
    reads, out = written(tmp_path, ["M00123" + REST, "read2"]), tmp_path / "out.fq"
    assert main(["read", str(reads), "trim-poly-g", "write", str(out)]) == 0
    assert "so none was trimmed; --when always trims all reads\n" in capsys.readouterr().err
    assert out.read_bytes() == reads.read_bytes()
    assert main(["read", str(reads), "trim-poly-g", "--when", "always", "write", str(out)]) == 0
    assert "instruments" not in capsys.readouterr().err
    assert out.read_text().splitlines()[1::4] == [STRAY[0]] * 2
