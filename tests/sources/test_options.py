"""The options of a source are said once: signature, help, command line, Ray and Spark agree."""

import dataclasses
import inspect
import io
import pickle
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.cli.options import options_command
from biometal_stream.cli.read import read_command
from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import setting_of
from biometal_stream.sources.fastq.options import FastqOptions
from biometal_stream.sources.fastq.source import FastqSource
from biometal_stream.sources.options import shared_options, takes

FIELDS = dataclasses.fields(FastqOptions)
GUIDES = Path(__file__).parents[2] / "docs" / "engines"


def test_the_signature_has_every_option():
    parameters = inspect.signature(bs.read_fastq).parameters
    assert list(parameters) == ["paths", *(field.name for field in FIELDS)]
    for field in FIELDS:
        assert parameters[field.name].default == field.default
        assert parameters[field.name].kind is inspect.Parameter.KEYWORD_ONLY


def test_the_docstring_explains_every_option():
    doc = inspect.getdoc(bs.read_fastq)
    for field in FIELDS:
        assert f"{field.name}: {setting_of(field).help}" in doc
    assert "default 268,435,456 bytes" in doc
    assert "options:" not in doc


def test_the_source_takes_every_option():
    options = FastqOptions(mate="b.fq", sample="S1", on_bad_record="skip")
    source = FastqSource(("a.fq",), **vars(options))
    assert [getattr(source, field.name) for field in FIELDS] == [
        getattr(options, field.name) for field in FIELDS
    ]
    assert source.mate_paths == ("b.fq",)


def test_the_command_line_takes_every_option():
    of_read = {option.name: option for option in read_command().params}
    of_run = {option.name: option for option in options_command().params}
    for field in FIELDS:
        setting = setting_of(field)
        there, elsewhere = (of_run, of_read) if setting.whole_run else (of_read, of_run)
        assert setting.help.removesuffix(".") in there[field.name].help
        assert field.name not in elsewhere
        if setting.choices:
            assert tuple(there[field.name].type.choices) == setting.choices
    assert of_read["max_record_bytes"].opts == ["--max-record-size"]
    assert "such as 1GiB (default 256MiB)" in of_read["max_record_bytes"].help


def test_engines_take_what_has_no_file_of_its_own():
    shared = shared_options(FastqOptions)
    assert set(shared) == {field.name for field in FIELDS} - {"quarantine"}
    assert shared["on_bad_record"].choices == ("stop", "skip")


def test_spark_and_its_guide_have_every_option():
    pytest.importorskip("pyspark")
    from biometal_stream.interop.spark.source import data_sources

    options = {source.name(): set(source.option_names()) for source in data_sources()}
    fasta = {"mate", "interleaved", "sample", "maxRecordBytes", "splitBytes"}
    own = {"index", "qualityEncoding", "dotsToN", "onBadRecord"}
    assert options == {"fasta": fasta, "fastq": fasta | own}
    guide = (GUIDES / "spark.md").read_text()
    assert all(f"| `{name}` |" in guide for name in options["fastq"])


def test_ray_takes_every_option_and_its_own():
    pytest.importorskip("ray.data")
    from biometal_stream.interop import ray

    names = list(inspect.signature(ray.read_fastq).parameters)
    assert names[: len(FIELDS) + 1] == ["paths", *(field.name for field in FIELDS)]
    assert names[len(FIELDS) + 1 :][:2] == ["partition_bytes", "num_cpus"]
    with pytest.raises(ConfigurationError, match="quarantine is not supported on Ray"):
        ray.read_fastq("a.fq", on_bad_record="quarantine", quarantine="bad.fq")
    fasta = list(inspect.signature(ray.read_fasta).parameters)
    assert fasta == [
        name for name in names if not name.startswith(("index", "qua", "dots", "on_bad"))
    ]


def test_an_option_that_does_not_exist():
    with pytest.raises(TypeError, match="read_fastq has no option 'mat'; did you mean 'mate'"):
        bs.read_fastq("a.fq", mat="b.fq")
    with pytest.raises(TypeError, match="has no option 'x'; it has mate, interleaved, sample"):
        bs.read_fastq("a.fq", x=1)


def test_a_reader_without_mates():
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Few:
        pass

    @takes(Few)
    def read_few(paths, options):
        return paths, options

    assert read_few("a") == ("a", Few())
    with pytest.raises(TypeError, match=r"by position: write read_few\(\[A, B\]\) for files"):
        read_few("a", "b")


def test_a_reader_is_a_plain_function():
    assert pickle.loads(pickle.dumps(bs.read_fastq)) is bs.read_fastq
    assert bs.read_fastq.__name__ == "read_fastq"


def test_mates_may_come_from_any_iterable_once():
    one, two = (io.BytesIO(b"@a\nACGT\n+\nIIII\n") for _ in range(2))
    reads = bs.read_fastq(iter([one]), mate=iter([two]))
    assert [row["mate"] for row in reads.stream().read_all().to_pylist()] == [1, 2]
