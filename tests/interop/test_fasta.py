"""FASTA inside other engines: the same rows as of a run of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, FastaError, SchemaError
from tests.interop import spread

SMALL = 20_000
SIZES = {"plain": SMALL, "bgzf": SMALL // 20}  # of which a file has several
BASES = "ACGTNacgtRY"


def records(number, mate=None, first=0):
    """Sequences of 0 to 400 bases, on lines of 60."""
    for index in range(first, first + number):
        sequence = "".join(BASES[(index * k + k * k) % 11] for k in range(index * 7 % 401))
        lines = [sequence[start : start + 60] for start in range(0, len(sequence), 60)]
        end = f"/{mate}" if mate else " described" * (index % 3)
        yield "\n".join([f">contig{index}{end}", *lines, ""])


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    """The sequences of two files as plain text, gzip and BGZF."""
    folder = tmp_path_factory.mktemp("fasta")
    plain = [str(folder / "a.fa"), str(folder / "b.fna")]
    Path(plain[0]).write_text("".join(records(700)))
    Path(plain[1]).write_text("".join(records(300, first=700)))
    bgzf = [f"{path}.gz" for path in plain]
    for path, compressed in zip(plain, bgzf, strict=True):
        bs.read_fasta(path).write_fasta(compressed)
    return {"plain": plain, "bgzf": bgzf}


@pytest.fixture(scope="module")
def mates(tmp_path_factory):
    """Two files of mates."""
    folder = tmp_path_factory.mktemp("mates")
    paths = [str(folder / f"R{mate}.fa") for mate in (1, 2)]
    for mate, path in enumerate(paths, 1):
        Path(path).write_text("".join(records(500, mate)))
    return paths


@pytest.fixture(scope="module")
def session(spark):
    from biometal_stream.interop import spark as bs_spark

    bs_spark.register(spark)
    return spark


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.usefixtures("ray_cluster")
class TestRay:
    @pytest.mark.parametrize("form", ["plain", "bgzf"])
    def test_sequences_in_parts(self, forms, form):
        from biometal_stream.interop import ray as bs_ray

        dataset = bs_ray.read_fasta(forms[form], partition_bytes=SIZES[form], sample="s")
        local = spread.table(bs.read_fasta(forms[form], sample="s"))
        assert dataset.schema().base_schema.equals(local.schema, check_metadata=True)
        assert "quality" not in local.schema.names
        got = ray_rows(dataset)
        assert got.equals(local)
        assert got.column(0).num_chunks > 2

    def test_mates_are_one_task(self, mates):
        from biometal_stream.interop import ray as bs_ray

        dataset = bs_ray.read_fasta(mates[0], mate=mates[1], partition_bytes=SMALL)
        assert ray_rows(dataset).equals(spread.table(bs.read_fasta(mates[0], mate=mates[1])))

    def test_errors_are_our_own(self, tmp_path):
        from biometal_stream.interop import ray as bs_ray

        path = tmp_path / "bad.fa"
        path.write_text(">a\nACGT\n>b\nAC*T\n")
        with pytest.raises(FastaError, match="record 2, line 4"):
            bs_ray.read_fasta(path).take_all()
        with pytest.raises(TypeError, match="on_bad_record"):
            bs_ray.read_fasta(path, on_bad_record="skip")
        with pytest.raises(SchemaError, match="quality"):
            bs_ray.apply(bs_ray.read_fasta(path), bs.MinMeanQuality(20))


def ray_rows(dataset):
    import ray

    return pa.concat_tables(ray.get(dataset.to_arrow_refs()))


class TestSpark:
    @pytest.mark.parametrize("form", ["plain", "bgzf"])
    def test_sequences_in_parts(self, session, forms, form):
        frame = session.read.format("fasta").option("splitBytes", SIZES[form]).load(forms[form])
        local = spread.table(bs.read_fasta(forms[form]))
        assert frame.columns == ["name", "description", "sequence"] == local.schema.names
        assert frame.toArrow().to_pylist() == local.to_pylist()
        assert frame.rdd.getNumPartitions() > 2

    def test_mates_are_one_partition(self, session, mates):
        reader = session.read.format("fasta").option("mate", json.dumps(mates[1:]))
        frame = reader.option("splitBytes", SMALL).load(mates[0])
        local = spread.table(bs.read_fasta(mates[0], mate=mates[1]))
        assert frame.toArrow().to_pylist() == local.to_pylist()
        assert frame.rdd.getNumPartitions() == 1

    def test_what_does_not_fit_names_the_source(self, spark, tmp_path):
        from biometal_stream.errors import InputError
        from biometal_stream.interop.spark.source import data_sources

        assert spark is not None
        (source,) = (each for each in data_sources() if each.name() == "fasta")
        with pytest.raises(
            ConfigurationError, match="the fasta source has no option 'onbadrecord'"
        ):
            source({"path": "a.fa", "onBadRecord": "skip"}).schema()
        with pytest.raises(InputError, match=r"is a folder; name its files, .*\*\.fasta\.gz$"):
            source({"path": str(tmp_path)}).schema()


class TestQueries:
    """Engines that read a pipeline by Arrow's interfaces."""

    @pytest.fixture
    def pipeline(self, forms):
        return bs.read_fasta(forms["plain"]) | bs.MinLength(300) | bs.Measure(["length"])

    def test_duckdb(self, pipeline):
        duckdb = pytest.importorskip("duckdb")
        dataset = pipeline.dataset()
        query = "SELECT name, length FROM dataset WHERE length > 350"
        assert duckdb.sql(query).fetchall() == expected(pipeline)
        assert dataset.schema.names == ["name", "description", "sequence", "length"]

    def test_polars(self, pipeline):
        pl = pytest.importorskip("polars")
        from biometal_stream.interop.polars import scan

        frame = scan(pipeline).filter(pl.col("length") > 350).select("name", "length").collect()
        assert frame.rows() == expected(pipeline)

    def test_datafusion(self, pipeline):
        datafusion = pytest.importorskip("datafusion")
        context = datafusion.SessionContext()
        context.register_dataset("contigs", pipeline.dataset())
        found = context.sql("SELECT name, length FROM contigs WHERE length > 350").to_arrow_table()
        got = [tuple(row.values()) for row in found.to_pylist()]
        assert sorted(got) == sorted(expected(pipeline))

    def test_daft(self, pipeline):
        daft = pytest.importorskip("daft")
        frame = daft.from_arrow(pa.table(pipeline))
        frame = frame.where(daft.col("length") > 350).select("name", "length")
        assert [tuple(row.values()) for row in frame.to_pylist()] == expected(pipeline)

    def test_pandas_and_arrow(self, pipeline):
        frame = pipeline.to_pandas()
        assert list(frame["name"]) == pa.table(pipeline)["name"].to_pylist()


def expected(pipeline):
    rows = pa.table(pipeline).select(["name", "length"]).to_pylist()
    found = [(row["name"], row["length"]) for row in rows if row["length"] > 350]
    assert found
    return found
