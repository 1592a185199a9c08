"""Which columns are cut along with reads, and which are refused."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.measured import MEASURES
from biometal_stream.schemas.cutting import PER_BASE, per_base
from biometal_stream.view import BatchView

READS = pa.record_batch(
    {"name": ["a", "b"], "sequence": ["ACGTAC", "ACG"], "quality": ["IIII##", "I##"]}
)
TRIMMERS = [bs.TrimFixed(front=1), bs.TrimQuality(20)]
MADE = {
    "length": (bs.Measure(("length",)), "measure"),
    "mean_quality": (bs.Measure(("mean_quality",)), "measure"),
    "features": (bs.EncodeReads("one-hot/1", 10), "encode-reads"),
    "tensors": (bs.EncodeReads("one-hot/1", 10, column="tensors"), "encode-reads"),
    "windows": (bs.EncodeReads("one-hot/1", 2, windows="even", column="windows"), "encode-reads"),
    "kmers": (bs.Kmers(5), "kmers"),
    "minimizers": (bs.Minimizers(3, 1), "minimizers"),
    "minimizer_positions": (bs.Minimizers(3, 1, positions=True), "minimizers --positions"),
    "index_label": (bs.Deplete("phix", mark=True), "deplete --mark"),
    "index_hits": (bs.Deplete("phix", mark=True), "deplete --mark"),
    "h_minimizers": (bs.KeepMatching("phix", mark=True, column="h"), "deplete --mark"),
    "lambda_hits": (bs.Deplete(("phix", "lambda"), mark=True), "deplete --mark"),
    "quality_label": (bs.Predict("quality"), "predict quality"),
    "q_probability_PASS": (bs.Predict("quality", column="q", probabilities=True), "predict q"),
}

each = pytest.mark.parametrize("trimmer", TRIMMERS, ids=lambda one: one.name)
made = pytest.mark.parametrize("column", MADE)


def only(batch, column):
    """The reads and one of the columns that were added."""
    return batch.select(["name", "sequence", "quality", column])


@each
@made
def test_a_column_of_the_whole_reads_is_refused_before_data_flows(trimmer, column):
    operator, step = MADE[column]
    schema = only(operator(READS), column).schema
    message = f"column '{column}' describes the whole reads; put '{step}' after {trimmer.name}"
    with pytest.raises(bs.SchemaError, match=message):
        trimmer.output_schema(schema)
    with pytest.raises(bs.SchemaError, match=message):
        trimmer(only(operator(READS), column))


@made
def test_also_where_it_comes_from_a_file(column, tmp_path):
    operator, step = MADE[column]
    path = tmp_path / "reads.parquet"
    pq.write_table(pa.Table.from_batches([only(operator(READS), column)]), path)
    read = pq.read_table(path)
    with pytest.raises(bs.SchemaError, match=f"'{column}' describes the whole reads; put '{step}'"):
        bs.TrimFixed(front=1)(read.to_batches()[0])


@pytest.mark.parametrize("name", [n for one in MEASURES.values() for n in (one.name, one.sql) if n])
def test_every_measure_is_known_by_its_name_whatever_wrote_it(name):
    batch = READS.append_column(name, pa.array([1.5, 2.5], pa.float64()))
    with pytest.raises(bs.SchemaError, match=f"rename {name}=raw_{name}"):
        bs.TrimFixed(front=1)(batch)
    kept = bs.TrimFixed(front=1)(bs.Rename((f"{name}=raw_{name}",))(batch))
    assert kept[f"raw_{name}"].to_pylist() == [1.5, 2.5]


def test_a_label_beside_hits_is_that_of_an_index():
    batch = bs.Deplete("phix", mark=True, column="host")(READS)
    with pytest.raises(
        bs.SchemaError, match=r"'host_label' describes .* put 'deplete --mark' after"
    ):
        bs.TrimFixed(front=1)(batch)


@pytest.mark.parametrize("editor", [bs.MaskQuality(), bs.ConvertBases(case="upper")])
@pytest.mark.parametrize("column", ["kmers", "minimizer_positions", "lambda_hits", "index_hits"])
def test_kmers_are_refused_where_bases_change(editor, column):
    operator, step = MADE[column]
    with pytest.raises(bs.SchemaError, match=f"column '{column}' was made from them; put '{step}'"):
        editor(only(operator(READS), column))


@pytest.mark.parametrize("name", ["host_label", "host_probability", "a.b_score"])
def test_predictions_are_known_by_their_names(name):
    batch = READS.append_column(name, pa.array(["x", "y"]))
    with pytest.raises(bs.SchemaError, match="describes the whole reads; put 'predict"):
        bs.TrimFixed(front=1)(batch)


@pytest.mark.parametrize(
    "name", ["label", "score", "lane", "_label", "raw_length", "my_scores", "blast_hits"]
)
def test_columns_of_the_users_own_pass(name):
    batch = READS.append_column(name, pa.array([[1, 2, 3], [4]]))
    assert bs.TrimFixed(front=1)(batch)[name].to_pylist() == [[1, 2, 3], [4]]


@each
@pytest.mark.parametrize("column", ["phred", "scores"])
@pytest.mark.parametrize("text", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
def test_scores_are_cut_along(trimmer, column, text):
    reads = pa.record_batch(
        [READS["name"], *(READS[name].cast(text) for name in ("sequence", "quality"))],
        names=["name", "sequence", "quality"],
    )
    decoded = bs.DecodeQuality(column)(reads)
    result = trimmer(decoded)
    result.validate(full=True)
    assert result.schema.equals(decoded.schema, check_metadata=True)
    assert result == bs.DecodeQuality(column)(trimmer(reads))
    # Of slices, and where some rows were dropped before.
    assert trimmer(decoded.slice(1)) == result.slice(1)
    view = BatchView(decoded).keep(READS["name"].to_numpy(zero_copy_only=False) == "b")
    assert view.cut(*trimmer.bounds(view)).to_batch().to_pylist() == result.slice(1).to_pylist()


def test_scores_that_lost_their_mark_are_known_by_their_name(tmp_path):
    batch = bs.DecodeQuality()(READS).replace_schema_metadata(None)
    bare = pa.schema([field.remove_metadata() for field in batch.schema])
    path = tmp_path / "reads.parquet"
    pq.write_table(pa.Table.from_batches([batch.cast(bare)]), path, store_schema=False)
    read = pq.read_table(path)
    assert per_base(read.schema) == ("sequence", "quality", "phred")
    result = bs.TrimFixed(front=2)(read.to_batches()[0])
    assert [len(scores) for scores in result["phred"].to_pylist()] == [4, 1]


@pytest.mark.parametrize("name", ["phred", "quality"])
def test_what_cannot_be_cut_along_is_refused(name):
    wide = READS.drop_columns(["quality"])
    wide = wide.append_column(name, pa.array([[40] * 6, [40] * 3], pa.list_(pa.int16())))
    message = f"cannot cut column '{name}', which is list<item: int16>, not text or a list"
    with pytest.raises(bs.SchemaError, match=message):
        bs.TrimFixed(front=1)(wide)


@pytest.mark.parametrize("name", ["q", "quality_scores"])
def test_qualities_under_another_name_are_cut_along(name, tmp_path):
    batch = bs.Rename((f"quality={name}",))(READS)
    assert bs.TrimFixed(front=2)(batch)[name].to_pylist() == ["II##", "#"]
    path = tmp_path / "reads.parquet"
    pq.write_table(pa.Table.from_batches([batch]), path)
    read = pq.read_table(path).to_batches()[0]
    assert bs.TrimFixed(front=2)(read)[name].to_pylist() == ["II##", "#"]
    back = bs.Rename((f"{name}=quality",))(bs.TrimFixed(front=2)(read))
    assert back["quality"].to_pylist() == ["II##", "#"]


def test_scores_under_another_name_are_cut_along_too():
    batch = bs.Rename(("phred=scores",))(bs.DecodeQuality()(READS))
    assert [len(one) for one in bs.TrimFixed(front=2)(batch)["scores"].to_pylist()] == [4, 1]


def test_scores_that_are_not_one_for_each_base_are_an_error():
    odd = READS.append_column("phred", pa.array([[40] * 6, [40] * 2], pa.list_(pa.uint8())))
    with pytest.raises(bs.DataError, match=r"'phred' differ in length in row 1.*3 bases, 2 values"):
        bs.TrimFixed(front=1)(odd)


def test_the_mark_is_of_decode_quality():
    field = bs.DecodeQuality("scores").output_schema(READS.schema).field("scores")
    assert PER_BASE in field.metadata


def test_a_trimmer_without_the_base_class_cannot_cut_them_either():
    view = BatchView(bs.Measure()(READS))
    with pytest.raises(bs.SchemaError, match="a trimmer cuts the reads, and column 'length'"):
        view.cut([0, 0], [1, 1])


@pytest.mark.parametrize(
    ("column", "step"),
    [
        ("gc_fraction", "measure"),
        ("dust", "measure --columns dust"),
        ("sequence_entropy", "measure --columns entropy"),
    ],
)
def test_the_message_has_the_step_that_measures_again(column, step):
    batch = READS.append_column(column, pa.array([0.5, 0.5], pa.float32()))
    with pytest.raises(bs.SchemaError, match=f"column '{column}' .* put '{step}' after trim-n"):
        bs.TrimN()(batch)
