"""Inputs that are not there are named, all of them, before any is opened."""

import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, InputError
from biometal_stream.sources.formats import source_formats
from biometal_stream.sources.missing import require_files

RECORD = "@a\nACGT\n+\nIIII\n"


def run(paths, mate=()):
    for _ in bs.read_fastq(paths, mate=mate).batches():
        pass


def test_all_that_are_missing_are_named(tmp_path):
    there = tmp_path / "there.fq"
    there.write_text(RECORD)
    one, two = str(tmp_path / "one.fq"), str(tmp_path / "two.fq")
    with pytest.raises(InputError, match=f"^{one}, {two}: cannot be opened: No such files$"):
        run([one, there, two, one])
    with pytest.raises(InputError, match=f"^{two}: cannot be opened: No such file or directory$"):
        run(there, mate=two)


def test_a_pattern_that_matches_nothing(tmp_path):
    with pytest.raises(InputError, match=r"L\*_R1.fq.gz: .* no file matches this pattern"):
        run(str(tmp_path / "L*_R1.fq.gz"))


@pytest.mark.parametrize(
    ("url", "instead"),
    [
        ("https://host/a.fq.gz", "curl -L https://host/a.fq.gz | biometal-stream read -"),
        ("ftp://host/a.fq.gz", "curl -L ftp://host/a.fq.gz | biometal-stream read -"),
        ("s3://bucket/a.fq.gz", "aws s3 cp s3://bucket/a.fq.gz - |"),
        ("gs://bucket/a.fq.gz", "gcloud storage cat gs://bucket/a.fq.gz |"),
        ("file:///data/a.fq.gz", "name the file, /data/a.fq.gz"),
    ],
)
def test_urls(url, instead):
    with pytest.raises(ConfigurationError) as caught:
        run(url)
    assert str(caught.value).startswith(f"{url}: URLs are not supported; ")
    assert instead in str(caught.value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["a.fastq.gz", "b.fastq.gz", "c.fq", "notes.txt"], "'my lanes'/*.fastq.gz"),
        (["a.FQ"], "'my lanes'/*.FQ"),
        (["notes.txt", "reads.bam"], "name the files in it"),
        ([], "name the files in it"),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_folder(tmp_path, monkeypatch, names, told, slash):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my lanes" / "folder.fq").mkdir(parents=True)
    for name in names:
        (tmp_path / "my lanes" / name).touch()
    with pytest.raises(InputError) as caught:
        run(f"my lanes{slash}")
    assert str(caught.value).startswith(f"my lanes{slash}: is a folder; name the files in it")
    assert str(caught.value).endswith(told)


def test_a_pattern_that_nobody_has_expanded(tmp_path):
    (tmp_path / "a.fq").write_text(RECORD)
    with pytest.raises(InputError, match=r"expanded by the shell, .* or by Python's glob\.glob"):
        run(str(tmp_path / "*.fq"))


@pytest.mark.parametrize("form", source_formats(), ids=lambda form: form.name)
def test_a_folder_names_the_files_of_every_format(tmp_path, form):
    for suffix in form.suffixes:
        folder = tmp_path / suffix
        folder.mkdir()
        for name in ("a", "b"):
            (folder / f"{name}{suffix.upper()}.gz").touch()
        (folder / "notes.txt").touch()
        with pytest.raises(InputError, match=rf"/\*{suffix.upper()}\.gz$"):
            require_files([str(folder)])
