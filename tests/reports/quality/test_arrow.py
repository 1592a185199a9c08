"""Arrow tables that are made without pandas."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.reports.quality.arrow import array, joined, repeated, table, table_of_rows

WHOLE, REAL, TEXT = pa.int64(), pa.float64(), pa.string()
SCHEMA = pa.schema([("group", TEXT), ("reads", WHOLE), ("share", REAL)])


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], TEXT),
        ([], WHOLE),
        (["", "é", None, "N" * 70], TEXT),
        ([3, None, -1], WHOLE),
        ([None], REAL),
        ([1, 2.5, None], REAL),
        (np.arange(20)[::3], WHOLE),
        (np.arange(3, dtype=np.uint8), WHOLE),
        (np.arange(3), REAL),
    ],
)
def test_an_array_is_that_of_pyarrow(values, kind):
    made = array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))


def test_some_numbers_are_missing():
    missing = np.arange(19) % 3 == 0
    assert array(np.arange(19), WHOLE, missing).equals(pa.array(np.arange(19), WHOLE, missing))


@pytest.mark.parametrize("values", [[1.5], np.array([1.5])])
def test_numbers_are_not_cut(values):
    with pytest.raises(TypeError):
        array(values, WHOLE)


def test_tables_are_joined():
    one = table({"group": ["a"], "reads": np.array([1]), "share": [None]}, SCHEMA)
    two = table_of_rows([{"group": "b", "share": 0.5}, {"group": "b"}], SCHEMA)
    both = joined([one, two], SCHEMA)
    assert both.to_pydict() == {
        "group": ["a", "b", "b"],
        "reads": [1, None, None],
        "share": [None, 0.5, None],
    }
    assert joined([], SCHEMA).equals(SCHEMA.empty_table())


def test_a_report_does_not_import_pandas(tmp_path):
    reads = tmp_path / "a.fq"
    reads.write_text("@r:1:f:1:1101:1:1\nACGTACGTACGTACG\n+\nIIIIIIIIIIIIIII\n")
    script = """
import sys
import biometal_stream as bs
from biometal_stream.sinks import DiscardSink
report = (bs.read_fastq(sys.argv[1]) | bs.QualityControl()).run(DiscardSink())
for name in ("x.json", "x.html", "x.txt", "x.fastp.json", "x_fastqc.zip"):
    report.save(sys.argv[2] + "/" + name)
print("pandas" in sys.modules, "pyarrow.acero" in sys.modules)
"""
    words = [sys.executable, "-c", script, str(reads), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"], done.stderr


@pytest.mark.parametrize(("texts", "times"), [([], 3), (["é", "", "1101"], 2), (["reads"], 0)])
def test_texts_stand_several_times(texts, times):
    expected = [text for text in texts for _ in range(times)]
    assert repeated(texts, times).to_pylist() == expected
    assert repeated(texts, times).type == TEXT
