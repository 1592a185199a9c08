"""Ray Data, in real worker processes: the same rows as here, in the same order."""

import logging
import sys
from importlib import metadata

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    ConfigurationError,
    DataError,
    FastqError,
    InputError,
    MissingExtraError,
    ModelError,
    SchemaError,
)
from biometal_stream.interop import ray as embedded
from tests.conftest import REPOSITORY
from tests.interop import spread
from tests.interop.spread import MODEL, OPERATORS, PLAIN, SMALL, same_values, table, with_operators

# Ray sets deprecated settings of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SAMPLE = str(REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz")


@pytest.fixture(scope="module")
def forms(shared_data, tmp_path_factory):
    return spread.write_forms(shared_data, tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def data(ray_cluster):
    """Ray Data, quiet, with operators of this test's."""
    import ray.data
    from ray import cloudpickle

    cloudpickle.register_pickle_by_value(spread)  # the workers may not find the tests
    ray.data.DataContext.get_current().enable_progress_bars = False
    logger = logging.getLogger("ray.data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield ray.data
    logger.setLevel(level)
    cloudpickle.unregister_pickle_by_value(spread)


@pytest.fixture
def sample(data):
    return embedded.read_fastq(SAMPLE)


@pytest.fixture
def own_operator(data):
    """The example of an operator of one's own, which is in no module that the workers find."""
    from ray import cloudpickle

    module = spread.example("own_operator")
    cloudpickle.register_pickle_by_value(module)
    yield module
    cloudpickle.unregister_pickle_by_value(module)
    del sys.modules[module.__name__]


def rows(dataset):
    """All rows of a dataset, as a table."""
    import ray

    return pa.concat_tables(ray.get(dataset.to_arrow_refs()))


def load(files, partition_bytes):
    return embedded.read_fastq(files.ones, mate=files.twos, partition_bytes=partition_bytes)


@pytest.mark.usefixtures("data")
class TestSource:
    @pytest.mark.parametrize("form", [PLAIN, "gzip", "bgzf"])
    def test_pairs_of_several_files_in_parts(self, forms, form):
        files = forms[form]
        dataset = load(files, SMALL if form == PLAIN else SMALL // 5)
        local = table(spread.pairs(files))
        assert dataset.schema().base_schema.equals(local.schema, check_metadata=True)
        got = rows(dataset)
        assert got.equals(local)
        assert (got.column(0).num_chunks > 2) == (form != "gzip")

    def test_columns_that_are_not_asked_for_are_not_made(self, sample):
        local = table(bs.read_fastq(SAMPLE))
        assert rows(sample.select_columns(["quality", "name"])).equals(
            local.select(["quality", "name"])
        )
        assert sample.count() == local.num_rows

    def test_a_limit(self, sample):
        first = table(bs.read_fastq(SAMPLE)).slice(0, 10)
        assert sample.limit(10).take_all() == first.to_pylist()

    def test_operators_run_where_reads_are_parsed(self, forms):
        pipeline = with_operators(spread.pairs(forms[PLAIN]), *OPERATORS, MODEL)
        dataset = embedded.read_pipeline(pipeline, partition_bytes=SMALL)
        assert same_values(rows(dataset), table(pipeline))

    def test_a_bad_record_is_our_own_error(self, tmp_path):
        path = tmp_path / "reads.fq"
        path.write_text("@a\nAC\n+\nII\n@b\nAC\n+\nI\n")
        dataset = embedded.read_fastq(path)
        with pytest.raises(FastqError, match="record 2, line 8, byte 19: the quality line must"):
            dataset.take_all()
        assert embedded.read_fastq(path, on_bad_record="skip").count() == 1

    def test_what_does_not_fit_is_told_at_once(self, tmp_path):
        with pytest.raises(InputError, match="cannot be opened"):
            embedded.read_fastq(tmp_path / "no.fq")
        with pytest.raises(
            ConfigurationError, match="a partition needs at least 1 byte of input: 0"
        ):
            embedded.read_fastq(SAMPLE, partition_bytes=0)
        with pytest.raises(ConfigurationError, match="head needs all reads in order, and Ray"):
            embedded.read_pipeline(bs.read_fastq(SAMPLE) | bs.Head(1))
        with pytest.raises(SchemaError, match="needs a column 'mate'"):
            embedded.read_pipeline(bs.read_fastq(SAMPLE) | bs.Select(("mate",)))


@pytest.mark.usefixtures("data")
class TestOperators:
    def test_rows_are_those_of_the_local_run(self, forms):
        files = forms[PLAIN]
        dataset = embedded.apply(load(files, SMALL), *OPERATORS, MODEL, batch_size=1024)
        assert same_values(
            rows(dataset), table(with_operators(spread.pairs(files), *OPERATORS, MODEL))
        )

    def test_cheap_operators_run_in_tasks(self, sample):
        operators = (bs.DecodeQuality(), bs.EncodeReads("one-hot/1", length=9))
        dataset = embedded.apply(sample, *operators)
        local = table(with_operators(bs.read_fastq(SAMPLE), *operators))
        assert rows(dataset).equals(local)

    def test_an_operator_of_the_user(self, own_operator):
        reads = table(bs.read_fastq(SAMPLE))
        assert same_values(own_operator.in_ray(reads), own_operator.in_pyarrow(reads))

    def test_a_session_is_opened_once_for_an_actor(self, data, sample, tmp_path):
        dataset = embedded.apply(
            sample,
            spread.Opening(str(tmp_path)),
            batch_size=100,
            compute=data.ActorPoolStrategy(size=1),
        )
        assert rows(dataset).equals(table(bs.read_fastq(SAMPLE)))
        assert len(spread.opened_in(tmp_path)) == 1

    def test_mates_that_were_parted_are_told(self, forms):
        from ray.data.expressions import col

        ones = load(forms["gzip"], SMALL).filter(expr=col("mate") == 1)
        with pytest.raises(DataError, match="the 'mate' column must alternate between 1 and 2"):
            embedded.apply(ones, bs.MinLength(1)).count()

    def test_columns_that_do_not_fit_are_told_before_anything_runs(self, sample):
        with pytest.raises(
            SchemaError, match=r"min-length needs a column 'sequence'\. The input ha"
        ):
            embedded.apply(sample.select_columns(["name"]), bs.MinLength(1))
        with pytest.raises(ModelError, match="'none': there is no such file or folder"):
            embedded.apply(sample, bs.Predict("none"))
        with pytest.raises(ConfigurationError, match="in-order needs all reads in order"):
            embedded.apply(sample, spread.InOrder())
        with pytest.raises(ConfigurationError, match="batch_size must be an even number of rows"):
            embedded.apply(sample, bs.MinLength(1), batch_size=99)

    @pytest.mark.parametrize(
        ("columns", "wanted"),
        [
            ({"sequence": ["A", None], "quality": ["I", "I"]}, "column 'sequence' is null in row"),
            ({"sequence": ["AC"], "quality": ["I"]}, "differ in length in row 0 of the batch"),
            ({"sequence": [1], "quality": ["I"]}, "needs text in column 'sequence', which is int"),
        ],
    )
    def test_values_that_do_not_fit_are_told(self, data, columns, wanted):
        dataset = data.from_arrow(pa.table(columns))
        dataset.context.raise_original_map_exception = True  # as the guide says
        with pytest.raises((DataError, SchemaError), match=wanted):
            embedded.apply(dataset, bs.Measure()).take_all()

    def test_no_rows(self, data):
        empty = data.from_arrow(table(bs.read_fastq(SAMPLE)).slice(0, 0))
        assert embedded.apply(empty, bs.Measure()).count() == 0


class TestVersions:
    def test_ray_that_is_not_installed(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "ray.data", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'biometal-stream\[ray\]'"):
            embedded.read_fastq(SAMPLE)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: embedded.apply(None, bs.MinLength(1)),
            lambda: embedded.read_fastq(SAMPLE),
            lambda: embedded.read_pipeline(bs.read_fastq(SAMPLE)),
        ],
    )
    def test_ray_that_is_too_old(self, monkeypatch, call):
        pytest.importorskip("ray")
        monkeypatch.setattr(metadata, "version", lambda _: "2.50.1")
        with pytest.raises(MissingExtraError, match=r"needs ray 2\.51 or later, but 2\.50\.1 is "):
            call()
