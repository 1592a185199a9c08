"""Spark, in real worker processes: the same rows as here, in the same order."""

import json
import sys
from importlib import metadata

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    BiometalError,
    ConfigurationError,
    InputError,
    MissingExtraError,
    ModelError,
    SchemaError,
)
from biometal_stream.interop import spark as embedded
from biometal_stream.interop.functions import FUNCTIONS
from biometal_stream.interop.partitions import partition_pipeline
from tests.conftest import REPOSITORY
from tests.interop import spread
from tests.interop.columns import CONSTANTS, passed
from tests.interop.spread import MODEL, OPERATORS, PLAIN, SMALL, same_values, table, with_operators

SAMPLE = str(REPOSITORY / "biometal_stream" / "data" / "ERR777676_16S_R1.fastq.gz")


@pytest.fixture(scope="module")
def forms(shared_data, tmp_path_factory):
    return spread.write_forms(shared_data, tmp_path_factory.mktemp("forms"))


@pytest.fixture(scope="module")
def session(spark):
    """The session that knows the functions and the source, and operators of this test's."""
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(spread)  # the workers may not find the tests
    embedded.register(spark)
    yield spark
    cloudpickle.unregister_pickle_by_value(spread)


@pytest.fixture(scope="module")
def functions(spark):
    return embedded.register(spark)


@pytest.fixture
def own_operator(session):
    """The example of an operator of one's own, which is in no module that the workers find."""
    from pyspark import cloudpickle

    module = spread.example("own_operator")
    cloudpickle.register_pickle_by_value(module)
    yield module
    cloudpickle.unregister_pickle_by_value(module)
    del sys.modules[module.__name__]


@pytest.fixture
def sample(session):
    return session.read.format("fastq").load(SAMPLE)


def load(session, files, **options):
    reader = session.read.format("fastq").option("mate", json.dumps(files.twos))
    return reader.options(**options).load(files.ones)


def message(caught):
    """What an exception of Spark's says, whose last lines are ours."""
    return str(caught.value)


class TestSource:
    @pytest.mark.parametrize("form", [PLAIN, "gzip", "bgzf"])
    def test_pairs_of_several_files_in_parts(self, session, forms, form):
        files = forms[form]
        frame = load(session, files, splitBytes=SMALL if form == PLAIN else SMALL // 5)
        assert (frame.rdd.getNumPartitions() > 2) == (form != "gzip")
        assert frame.toArrow().equals(table(spread.pairs(files)))

    def test_a_pattern_stands_for_its_files_in_alphabetical_order(self, session, forms):
        files = forms["gzip"]
        ones = files.ones[0].replace("metagenome_226bp", "*")
        twos = files.twos[0].replace("metagenome_226bp", "*")
        frame = session.read.format("fastq").option("mate", twos).load(ones)
        assert frame.toArrow().equals(table(spread.pairs(files)))

    def test_one_file(self, sample):
        assert sample.toArrow().equals(table(bs.read_fastq(SAMPLE)))

    def test_a_file_url(self, session, sample):
        assert session.read.format("fastq").load(f"file://{SAMPLE}").count() == sample.count()

    def test_interleaved_reads_with_a_sample_and_qualities_of_old(self, session, tmp_path):
        path = tmp_path / "reads.fq"
        path.write_text("@a/1\nAC\n+\nhh\n@a/2\nGT\n+\nBB\n")
        options = {"interleaved": True, "sample": "one", "qualityEncoding": "phred64"}
        frame = session.read.format("fastq").options(**options).load(str(path))
        assert frame.toArrow().select(["quality", "mate"]).to_pylist() == [
            {"quality": "II", "mate": 1},
            {"quality": "##", "mate": 2},
        ]

    def test_columns_that_a_schema_names_alone_are_made(self, session, forms):
        files = forms[PLAIN]
        reader = session.read.format("fastq").schema("quality STRING, name STRING")
        frame = reader.option("splitBytes", SMALL).load(files.ones)
        local = table(bs.read_fastq(files.ones)).select(["quality", "name"])
        assert same_values(frame.toArrow(), local)

    def test_a_limit_and_sql(self, session, sample):
        first = table(bs.read_fastq(SAMPLE)).slice(0, 10)
        assert same_values(sample.limit(10).toArrow(), first)
        sample.createOrReplaceTempView("sample_reads")
        query = "SELECT count(*) AS n, min(length(sequence)) AS shortest FROM sample_reads"
        assert session.sql(query).collect()[0].n == 2000

    def test_bad_records_are_left_out_where_asked(self, session, tmp_path):
        path = tmp_path / "reads.fq"
        path.write_text("@a\nAC\n+\nII\n@b\nAC\n+\nI\n@c\nA\n+\nI\n")
        frame = session.read.format("fastq").option("onBadRecord", "skip").load(str(path))
        assert [row.name for row in frame.select("name").collect()] == ["a", "c"]

    def test_a_bad_record_has_its_place(self, session, tmp_path):
        path = tmp_path / "reads.fq"
        path.write_text("@a\nAC\n+\nII\n@b\nAC\n+\nI\n")
        with pytest.raises(Exception, match="FastqError") as caught:
            session.read.format("fastq").load(str(path)).collect()
        assert f"{path}: record 2, line 8, byte 19: the quality line must have" in message(caught)

    def test_what_does_not_fit_is_told_as_soon_as_it_is_loaded(self, session, tmp_path):
        with pytest.raises(Exception, match="PYTHON_DATA_SOURCE_ERROR") as caught:
            session.read.format("fastq").load(f"{tmp_path}/*.fq")
        assert f"InputError: {tmp_path}/*.fq: there is no such file" in message(caught)


@pytest.fixture
def described():
    """Makes the source as Spark does, and asks for its schema."""
    pytest.importorskip("pyspark")
    from biometal_stream.interop.spark.source import data_sources

    sources = {source.name(): source for source in data_sources()}

    def describe(path=None, source="fastq", **options):
        given = {"path": path} if isinstance(path, str) else {"paths": path} if path else {}
        return sources[source]({**options, **given}).schema()

    return describe


class TestOptions:
    def test_the_schema_is_that_of_reads(self, described):
        single = (
            "name STRING NOT NULL, description STRING, sequence STRING NOT NULL,"
            " quality STRING NOT NULL"
        )
        assert described(SAMPLE) == single
        assert described(SAMPLE, INTERLEAVED="True") == f"{single}, mate TINYINT NOT NULL"

    @pytest.mark.parametrize(
        ("path", "options", "wanted"),
        [
            ("{folder}/*.fq", {}, "{folder}/*.fq: there is no such file"),
            ("{folder}", {}, "is a folder; name its files, such as {folder}/*.fastq.gz"),
            ("s3://bucket/a.fq", {}, "mount the storage at the same path on every worker"),
            (None, {}, "there is no input"),
            (SAMPLE, {"quality_encoding": "solexa"}, "has no option 'quality_encoding'; it has m"),
            (SAMPLE, {"qualityEncoding": "phred"}, "qualityEncoding must be one of phred33"),
            (
                SAMPLE,
                {"onBadRecord": "quarantine"},
                "onBadRecord must be one of stop, skip: 'quarantine'; Spark's workers",
            ),
            (SAMPLE, {"interleaved": "yes"}, "interleaved must be true or false: 'yes'"),
            (SAMPLE, {"maxRecordBytes": "64m"}, "maxRecordBytes must be a whole number of bytes"),
            (SAMPLE, {"maxRecordBytes": "0"}, "the longest record must have 1 to"),
            (SAMPLE, {"mate": '["a", "b"]'}, "each file needs one with its mates: 1 files, 2"),
        ],
    )
    def test_what_does_not_fit_is_told(self, described, tmp_path, path, options, wanted):
        path = path and path.format(folder=tmp_path)
        with pytest.raises(BiometalError) as caught:
            described(path, **options)
        assert wanted.format(folder=tmp_path) in message(caught)

    def test_names_that_look_like_patterns_are_files_where_they_are(self, described, tmp_path):
        (tmp_path / "a[1].fq").write_text("")
        assert described(str(tmp_path / "a[1].fq"))
        assert described(f'["{tmp_path}/a[1].fq", "{SAMPLE}"]')

    def test_a_part_needs_some_bytes(self):
        with pytest.raises(
            ConfigurationError, match="a partition needs at least 1 byte of input: 0"
        ):
            partition_pipeline(bs.read_fastq(SAMPLE), 0, "Spark")


class TestPipeline:
    def test_operators_run_where_reads_are_parsed(self, session, forms):
        pipeline = with_operators(spread.pairs(forms[PLAIN]), *OPERATORS, MODEL)
        frame = embedded.read_pipeline(session, pipeline, partition_bytes=SMALL)
        assert frame.rdd.getNumPartitions() > 2
        assert same_values(frame.toArrow(), table(pipeline))

    def test_what_is_serial_or_in_one_piece_is_refused(self, session):
        with pytest.raises(ConfigurationError, match="head needs all reads in order, and Spark"):
            embedded.read_pipeline(session, bs.read_fastq(SAMPLE) | bs.Head(1))
        with pytest.raises(ConfigurationError, match="_Whole cannot be divided for Spark"):
            embedded.read_pipeline(session, bs.Pipeline(_Whole()))
        with pytest.raises(InputError, match="cannot be opened"):
            embedded.read_pipeline(session, bs.read_fastq("missing.fq"))


class _Whole:
    schema = pa.schema([])

    def batches(self):
        return iter(())


class TestOperators:
    def test_rows_are_those_of_the_local_run(self, session, forms):
        files = forms[PLAIN]
        frame = embedded.apply(load(session, files, splitBytes=SMALL), *OPERATORS, MODEL)
        local = with_operators(spread.pairs(files), *OPERATORS, MODEL)
        assert same_values(frame.toArrow(), table(local))

    def test_pairs_stay_whole_wherever_spark_cuts(self, session, forms):
        files = forms["gzip"]
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 333)
        try:
            frame = embedded.apply(load(session, files), *OPERATORS)
            assert same_values(
                frame.toArrow(), table(with_operators(spread.pairs(files), *OPERATORS))
            )
        finally:
            session.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")

    def test_mates_that_were_parted_are_told(self, session, forms):
        ones = load(session, forms["gzip"]).where("mate = 1")
        with pytest.raises(
            Exception, match="DataError: the 'mate' column must alternate between 1 and 2"
        ):
            embedded.apply(ones, bs.MinLength(1)).count()

    def test_what_spark_has_no_type_for_becomes_what_it_has(self, session, sample):
        operators = (
            bs.DecodeQuality(),
            bs.EncodeReads("one-hot/1", length=3, windows="even", column="windows"),
            bs.EncodeReads("one-hot/1", length=3, dtype="float16"),
        )
        got = embedded.apply(sample, *operators).limit(5).toArrow()
        local = table(with_operators(bs.read_fastq(SAMPLE), *operators)).slice(0, 5)
        kinds = (pa.int16(), pa.list_(pa.float32()), pa.float32())
        assert [field.type.value_type for field in list(got.schema)[-3:]] == list(kinds)
        assert got.column("phred").to_pylist() == local.column("phred").to_pylist()
        flat = [tensor.to_numpy_ndarray()[0].ravel().tolist() for tensor in _rows(local)]
        assert got.column("features").to_pylist() == flat

    @pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas")
    def test_a_stateless_operator_needs_no_adapter(self, sample):
        keep = bs.MinLength(240)
        frame = sample.mapInArrow(lambda batches: map(keep, batches), sample.schema)
        assert frame.toArrow().equals(table(bs.read_fastq(SAMPLE) | keep))

    def test_an_operator_of_the_user(self, session, own_operator):
        reads = table(bs.read_fastq(SAMPLE))
        assert same_values(own_operator.in_spark(session, reads), own_operator.in_pyarrow(reads))

    def test_an_operator_is_opened_once_for_a_partition(self, session, sample, tmp_path):
        frame = embedded.apply(sample.repartition(4), spread.Opening(str(tmp_path)))
        assert frame.count() == 2000
        assert len(spread.opened_in(tmp_path)) == 4

    def test_a_session_is_opened_once_for_a_worker(self, session, sample, tmp_path):
        operator = spread.OpeningOnce(str(tmp_path))
        assert embedded.apply(sample.repartition(8), operator).count() == 2000
        opened = spread.opened_in(tmp_path)
        assert len(opened) == len(set(opened)) < 8

    def test_columns_that_do_not_fit_are_told_before_anything_runs(self, session, sample):
        with pytest.raises(
            SchemaError, match=r"min-length needs a column 'sequence'\. The input ha"
        ):
            embedded.apply(sample.select("name"), bs.MinLength(1))
        with pytest.raises(SchemaError, match="needs text in column 'sequence', which is int32"):
            embedded.apply(session.sql("SELECT 1 AS sequence"), bs.MinLength(1))
        with pytest.raises(ModelError, match="'none': there is no such file or folder"):
            embedded.apply(sample, bs.Predict("none"))
        with pytest.raises(ConfigurationError, match="in-order needs all reads in order"):
            embedded.apply(sample, spread.InOrder())

    @pytest.mark.parametrize(
        ("query", "wanted"),
        [
            ("SELECT CAST(NULL AS STRING) AS sequence, 'I' AS quality", "column 'sequence' is nul"),
            ("SELECT 'AC' AS sequence, 'I' AS quality", "differ in length in row 0 of the batch"),
            ("SELECT 'A' AS sequence, '\\t' AS quality", "quality"),
        ],
    )
    def test_values_that_do_not_fit_are_told(self, session, query, wanted):
        with pytest.raises(Exception, match="DataError") as caught:
            embedded.apply(session.sql(query), bs.Measure()).collect()
        assert wanted in message(caught)

    def test_a_column_that_spark_cannot_hold_is_told(self, session, sample):
        with pytest.raises(
            SchemaError, match="Spark does not have a type for column 'n', which is time32"
        ):
            embedded.apply(sample, _Times())


def _rows(local):
    column = local.column("features").combine_chunks()
    return [column.slice(row, 1) for row in range(len(column))]


class _Times(bs.MinLength):
    def __init__(self):
        super().__init__(1)

    def output_schema(self, schema, /):
        return schema.append(pa.field("n", pa.time32("s")))


class TestFunctions:
    def test_they_give_what_the_functions_give_here(self, session, functions, sample):
        from pyspark.sql import functions as sf

        local = table(bs.read_fastq(SAMPLE))
        columns = {"sequence": local.column("sequence"), "quality": local.column("quality")}
        known = [function for function in FUNCTIONS if function.name != "predict_score"]
        frame = sample.select(
            [
                functions[function.name](
                    *(
                        sf.lit(CONSTANTS[name]) if name in CONSTANTS else sf.col(name)
                        for name in function.parameters
                    )
                ).alias(function.name)
                for function in known
            ]
        )
        got = frame.toArrow()
        for function in known:
            wanted = function(*passed(function, columns.__getitem__))
            assert got.column(function.name).to_pylist() == wanted.to_pylist()

    def test_sql_knows_them(self, session, sample):
        sample.createOrReplaceTempView("reads")
        query = (
            "SELECT predict('quality', sequence, quality) AS label, count(*) AS n,"
            " avg(mean_quality(quality)) AS mean FROM reads GROUP BY label ORDER BY label"
        )
        rows = session.sql(query).collect()
        assert [(row.label, row.n) for row in rows] == [("FAIL", 29), ("PASS", 1971)]
        assert rows[0].mean < 10 < 30 < rows[1].mean

    def test_null_gives_null(self, session):
        query = "SELECT mean_quality(CAST(NULL AS STRING)) AS a, mean_quality('I') AS b"
        assert session.sql(query).collect() == [(None, 40.0)]

    def test_what_is_no_quality_is_told(self, session):
        with pytest.raises(Exception, match="DataError"):
            session.sql("SELECT mean_quality(chr(9))").collect()


class TestVersions:
    def test_spark_that_is_not_installed(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "pyspark.sql", None)
        with pytest.raises(MissingExtraError, match=r"pip install 'biometal-stream\[spark\]'"):
            embedded.register(None)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: embedded.register(None),
            lambda: embedded.apply(None, bs.MinLength(1)),
            lambda: embedded.read_pipeline(None, bs.read_fastq(SAMPLE)),
        ],
    )
    def test_spark_that_is_too_old(self, monkeypatch, call):
        pytest.importorskip("pyspark")
        monkeypatch.setattr(metadata, "version", lambda _: "4.0.2")
        with pytest.raises(MissingExtraError, match=r"needs pyspark 4\.1 or later, but 4\.0\.2 "):
            call()
