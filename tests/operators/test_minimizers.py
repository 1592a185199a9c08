"""`Minimizers` and `Kmers` against their definitions."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.indexes import lists
from biometal_stream.operators import Kmers, Minimizers
from tests.indexes import plain
from tests.operators.conformance import reads

TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("text", TEXTS, ids=str)
def test_columns_are_lists_of_each_read(text):
    batch = reads(text=text).slice(5, 30)
    found = Minimizers(k=7, w=5, positions=True)(batch)
    found.validate(full=True)
    wanted = [plain.minimizers(each, 7, 5) for each in batch["sequence"].to_pylist()]
    assert found["minimizers"].to_pylist() == [[value for _, value in row] for row in wanted]
    assert found["minimizer_positions"].to_pylist() == [[at for at, _ in row] for row in wanted]
    found = Kmers(k=6)(batch)
    found.validate(full=True)
    wanted = [plain.kmers(each, 6) for each in batch["sequence"].to_pylist()]
    assert found["kmers"].to_pylist() == [[value for _, value in row] for row in wanted]


def test_types_are_those_of_the_schema():
    schema = (Minimizers(positions=True).output_schema(reads().schema)).names
    assert schema[-2:] == ["minimizers", "minimizer_positions"]
    fields = {field.name: field for field in Kmers()(Minimizers(positions=True)(reads())).schema}
    for name, kind in (("minimizers", "uint64"), ("minimizer_positions", "int32")):
        assert str(fields[name].type) == f"list<item: {kind} not null>"
        assert not fields[name].nullable
    assert fields["kmers"].type == fields["minimizers"].type


@pytest.mark.parametrize("k", [4, 2, 33])
def test_a_k_that_is_even_or_too_large_is_refused(k):
    with pytest.raises(ConfigurationError, match=r"minimizers: k must be"):
        Minimizers(k=k)


def test_k_and_w_together_have_a_limit():
    Minimizers(k=31, w=65)
    with pytest.raises(ConfigurationError, match=r"w must be odd, from 1 to 65 \(k and w together"):
        Minimizers(k=31, w=67)


def test_k_mers_of_32_bases_use_all_bits():
    batch = pa.record_batch({"sequence": ["G" * 33, "T" * 31 + "G"]})
    assert Kmers(32)(batch)["kmers"].to_pylist() == [
        [int("01" * 32, 2)] * 2,
        [min(int("11" + "10" * 31, 2), int("00" * 31 + "01", 2))],
    ]


def test_too_many_for_a_column_of_lists_is_an_error(monkeypatch):
    monkeypatch.setattr(lists, "_MOST", 3)
    with pytest.raises(DataError, match=r"a batch of 1 reads has 4 k-mers.*holds at most 3"):
        Kmers(1)(pa.record_batch({"sequence": ["ACGT"]}))


def test_a_column_that_exists_is_not_replaced():
    batch = Kmers()(reads())
    with pytest.raises(SchemaError, match="'kmers', which the input already has"):
        Kmers()(batch)


def test_they_are_written_to_parquet_and_read_again(tmp_path):
    (tmp_path / "a.fq").write_text("@a\nACGGTCATTGCA\n+\nIIIIIIIIIIII\n@b\nAC\n+\nII\n")
    pipeline = bs.read_fastq(tmp_path / "a.fq") | Minimizers(k=5, w=3, positions=True) | Kmers(5)
    pipeline.write_parquet(tmp_path / "a.parquet")
    found = pq.read_table(tmp_path / "a.parquet").to_pylist()
    for row, text in zip(found, ("ACGGTCATTGCA", "AC"), strict=True):
        places = zip(row["minimizer_positions"], row["minimizers"], strict=True)
        assert list(places) == plain.minimizers(text, 5, 3)
        assert row["kmers"] == [value for _, value in plain.kmers(text, 5)]


@pytest.mark.parametrize("operator", [Minimizers(k=5, w=1, positions=True), Kmers(5)])
def test_it_says_how_much_wider_reads_get(operator):
    batch = pa.record_batch({"sequence": ["ACGGTCATTGCA" * 20, "", "ACG"]})
    grown = operator(batch).nbytes - batch.nbytes
    assert grown <= operator.added_bytes(batch).sum() <= grown + 100
