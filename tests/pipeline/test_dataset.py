"""A pipeline as a dataset: columns, filters, early ends, and what it refuses."""

import io
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, FastqError, InputError, SchemaError
from biometal_stream.interfaces import Pushdown
from biometal_stream.pipeline import Pipeline
from biometal_stream.pipeline.plan import plan
from biometal_stream.pipeline.scan import Scan
from tests.interop.streams import Counted, as_rows, bad_reads, expected, own_threads, reads

SOME = pc.match_substring(pc.field("sequence"), "GATTA")


def test_a_scan_gives_what_the_pipeline_gives() -> None:
    dataset = reads().dataset()
    assert isinstance(dataset, ds.Dataset)
    assert dataset.schema.equals(expected().schema, check_metadata=True)
    assert dataset.to_table().equals(expected(), check_metadata=True)
    assert dataset.to_table().equals(expected())  # a run of its own
    assert pa.table(dataset).equals(expected())
    assert pa.table(dataset.scanner()).equals(expected())
    assert dataset.scanner().to_reader().read_all().equals(expected())


@pytest.mark.parametrize("columns", [["quality", "name"], ["sequence"], []])
@pytest.mark.parametrize(
    "filter_", [None, SOME, pc.field("name") != pc.scalar("x"), pc.scalar(1) == 1]
)
def test_columns_and_a_filter(columns: list[str], filter_: pc.Expression | None) -> None:
    found = reads().dataset().to_table(columns, filter=filter_)
    wanted = expected() if filter_ is None else expected().filter(filter_)
    assert found.num_rows == wanted.num_rows > 0
    assert found.equals(wanted.select(columns))


def test_new_columns() -> None:
    columns = {"bases": pc.utf8_length(pc.field("sequence")), "name": pc.field("name")}
    table = reads().dataset().to_table(columns, filter=SOME)
    wanted = expected().filter(SOME)
    assert table["bases"].to_pylist() == [len(text) for text in wanted["sequence"].to_pylist()]
    assert table["name"].to_pylist() == wanted["name"].to_pylist()


def test_a_row_for_which_the_filter_is_null_goes() -> None:
    filter_ = pc.field("description") != "x"
    table = reads().dataset().to_table(filter=filter_)
    assert table.equals(expected().filter(filter_))


def test_a_filtered_dataset_keeps_its_filter() -> None:
    other = pc.starts_with(pc.field("sequence"), "A")
    dataset = reads().dataset().filter(SOME).filter(other)
    wanted = expected().filter(SOME & other)
    assert dataset.to_table().equals(wanted)
    assert dataset.count_rows(pc.field("name") == "no such read") == 0
    (fragment,) = dataset.get_fragments()
    assert fragment.to_table(dataset.schema, columns=["name"]).equals(wanted.select(["name"]))
    assert "filter" in repr(dataset)


def test_counting_and_the_head() -> None:
    dataset = reads().dataset()
    assert dataset.count_rows() == expected().num_rows
    assert dataset.count_rows(SOME) == expected().filter(SOME).num_rows
    (fragment,) = dataset.get_fragments(SOME)
    assert fragment.physical_schema == dataset.schema
    assert fragment.count_rows() == expected().num_rows
    assert fragment.head(3, columns=["name"]).num_rows == 3
    assert dataset.head(0).num_rows == 0
    assert dataset.head(10**6).num_rows == expected().num_rows


def test_columns_that_nobody_takes_are_not_read() -> None:
    scanner = reads().dataset().scanner(["name"], filter=SOME)
    source, operators = scanner._pipeline.source, scanner._pipeline.operators
    planned = plan(scanner._pipeline, None)
    assert planned.source.schema.names == ["name", "sequence", "quality"]
    assert planned.schema.names == ["name"]
    counting = plan(reads().dataset().scanner([])._pipeline, None)
    assert counting.source.schema.names == ["quality"]  # for the pipeline's own filter
    assert (source, operators[:-1]) == (reads().source, reads().operators)


@pytest.mark.parametrize("end", ["head", "close", "drop"])
def test_who_stops_reading_ends_the_run(end: str) -> None:
    endless = Counted()
    dataset = endless.pipeline.dataset()
    assert endless.taken == 0
    if end == "head":
        assert dataset.head(4, filter=pc.field("row") > 2)["row"].to_pylist() == [3, 4, 5, 6]
    else:
        batches = dataset.to_batches(["row"])
        assert endless.taken == 0
        assert next(batches).num_rows == 3
        if end == "close":
            batches.close()
        del batches
    assert own_threads() == []
    assert endless.taken < 10


def test_batches_of_a_size() -> None:
    batches = list(Counted(2).pipeline.dataset().to_batches(batch_size=2, use_threads=False))
    assert [batch.num_rows for batch in batches] == [2, 1, 2, 1]
    with pytest.raises(ConfigurationError, match="at least 1 row: 0"):
        Counted(2).pipeline.dataset().scanner(batch_size=0)


def test_an_error_is_raised_as_itself(tmp_path: Path) -> None:
    with pytest.raises(FastqError, match="record 3") as caught:
        bad_reads(tmp_path).dataset().to_table()
    assert caught.value.location.record == 3
    assert own_threads() == []


def test_mates_stay_beside_each_other() -> None:
    records = [f"@{name}/{mate}\nACGT\n+\nIIII\n" for name in "abc" for mate in (1, 2)]
    path = io.BytesIO("".join(records).encode())
    dataset = bs.read_fastq(path, interleaved=True).dataset()
    table = dataset.to_table(["name", "mate"])
    assert table["mate"].to_pylist() == [1, 2] * 3
    path.seek(0)
    # SQL's WHERE looks at each row for itself, and so does the filter of a dataset.
    assert dataset.to_table(filter=pc.field("mate") == 2)["mate"].to_pylist() == [2] * 3


def test_an_input_that_can_be_read_once_is_not_empty_the_second_time() -> None:
    file = io.BytesIO(b"@a\nACGT\n+\nIIII\n")
    dataset = bs.read_fastq(file).dataset()
    assert dataset.count_rows() == 1
    for _ in range(2):
        with pytest.raises(InputError, match=r"has been read before.*rewind it with seek"):
            dataset.count_rows()
    file.seek(0)
    assert dataset.count_rows() == 1


def test_pickling() -> None:
    pipeline = reads()
    assert pickle.loads(pickle.dumps(pipeline)) == pipeline
    dataset = pickle.loads(pickle.dumps(pipeline.dataset().filter(SOME)))
    assert dataset.to_table().equals(expected().filter(SOME))


@pytest.mark.parametrize(
    ("ask", "error", "words"),
    [
        (lambda d: d.scanner(["nope"]), SchemaError, "no column 'nope'; columns: name, "),
        (lambda d: d.scanner(filter=pc.field("nope") > 1), SchemaError, "does not fit .*nope"),
        (lambda d: d.filter(pc.field("name") > 1), SchemaError, "does not fit the columns name, "),
        (lambda d: d.scanner(filter=pc.field("name")), SchemaError, "must be true or false"),
        (lambda d: d.scanner({"a": pc.field("nope")}), SchemaError, "does not fit the columns"),
        (lambda d: d.scanner(["name", "name"]), ConfigurationError, "given twice"),
        (lambda d: d.scanner("name"), ConfigurationError, "a list of names"),
        (lambda d: d.scanner(nope=1), TypeError, "no option 'nope'"),
        (lambda d: d.replace_schema(pa.schema([])), NotImplementedError, "append Select"),
        (lambda d: d.take([1]), NotImplementedError, "no rows to look up"),
        (lambda d: d.sort_by("name"), NotImplementedError, "to_table"),
        (lambda d: d.join(d, "name"), NotImplementedError, "join in the engine"),
        (lambda d: d.join_asof(d, "name", [], 1), NotImplementedError, "join in the engine"),
        (
            lambda d: ds.Scanner.from_dataset(d).to_table(),
            FileNotFoundError,
            "the dataset's scanner",
        ),
        (lambda d: ds.Dataset.scanner(d).head(1), FileNotFoundError, "the dataset's scanner"),
        (lambda d: ds.dataset([d, d]), NotImplementedError, "does not support replace_schema"),
        (
            lambda d: next(d.get_fragments()).scanner(pa.schema([])),
            SchemaError,
            "the schema of its dataset",
        ),
    ],
)
def test_what_it_refuses(
    ask: Callable[[ds.Dataset], object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as caught:
        ask(reads().dataset())
    assert "\n" not in str(caught.value)


def test_nothing_is_known_of_its_rows() -> None:
    dataset = reads().dataset()
    (fragment,) = dataset.get_fragments()
    for part in (dataset, fragment):
        assert part.partition_expression.equals(pc.scalar(True))
    assert dataset.children == []
    scanner = dataset.scanner(["name"])
    assert scanner.dataset_schema == dataset.schema
    assert pa.schema(scanner) == scanner.projected_schema


def test_a_value_that_an_expression_cannot_take() -> None:
    numbers = Counted(2).pipeline.dataset()
    with pytest.raises(pa.ArrowInvalid, match="divide by zero"):
        numbers.to_table({"part": pc.divide(pc.scalar(6), pc.field("row"))})
    assert own_threads() == []


def test_the_columns_that_a_scan_needs() -> None:
    schema = pa.schema([("a", pa.int64()), ("b", pa.string()), ("c", pa.int64())])
    scan = Scan({"b": None, "x": pc.field("a") + 1, "y": pc.field("c")}, pc.field("b") != "")
    assert isinstance(scan, Pushdown)
    pruned, needed = scan.pushdown(frozenset({"x"}), schema)
    assert needed == {"a", "b"}
    assert pruned is not None
    batch = pa.record_batch({"a": [1, 2, 3], "b": ["p", "", None]})
    with pruned.open() as function:
        assert function(batch).to_pydict() == {"x": [2]}
    assert Scan(None, pc.field(2) > 0).pushdown(frozenset({"a"}), schema)[1] == {"a", "b", "c"}
    assert Scan(None).pushdown(frozenset({"a", "c"}), schema)[1] == {"a", "c"}


@dataclass(frozen=True)
class Views:
    """A source of a type of text that pyarrow cannot filter."""

    schema = pa.schema([("text", pa.string_view())])

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array(["x", "y"], pa.string_view())], schema=self.schema)


def test_views_of_text() -> None:
    dataset = Pipeline(Views()).dataset()
    found = dataset.to_table(filter=pc.field("text").cast(pa.string()) == "y")
    assert found.to_pydict() == {"text": ["y"]}


def test_nothing_of_a_model_runs_for_columns_without_its_answer() -> None:
    pipeline = reads() | bs.EncodeReads("quality-mask/1") | bs.Predict("quality")
    planned = plan(pipeline.dataset().scanner(["name"])._pipeline, None)
    names = [each.name for segment in planned.segments for each in segment.operators]
    assert names[0] == "min-mean-quality"
    assert "predict" not in names
    assert "encode-reads" not in names


def test_pairs_of_real_reads(shared_data: Path) -> None:
    duckdb, pl = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    from biometal_stream.interop.polars import scan

    name = str(shared_data / "reads" / "illumina" / "human_tcr_truseq_300bp_R1.fastq.gz")
    pairs = bs.read_fastq(name, mate=name.replace("_R1", "_R2")) | bs.MinMeanQuality(25)
    dataset, wanted = pairs.dataset(), pairs.stream().read_all()
    assert dataset.to_table().equals(wanted)
    assert wanted["mate"].to_pylist() == [1, 2] * (wanted.num_rows // 2)
    assert duckdb.sql("from dataset").fetchall() == as_rows(wanted)
    assert scan(pairs).collect(engine="streaming").equals(pl.DataFrame(wanted))
