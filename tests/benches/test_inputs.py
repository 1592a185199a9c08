"""The reads that are timed."""

import gzip
from collections import Counter
from pathlib import Path

import dnaio
import pytest

from benches import inputs


def records(path: str) -> list[tuple[str, str, str]]:
    with dnaio.open(path) as reads:
        return [(read.name, read.sequence, read.qualities) for read in reads]


@pytest.fixture(scope="module")
def made(source, tmp_path_factory) -> inputs.Input:
    return inputs.prepare(inputs.find_reads(source), 7_000, tmp_path_factory.mktemp("cache"))


def test_every_form_holds_the_same_reads(made) -> None:
    (plain,) = made.paths("plain")
    text = Path(plain).read_bytes()
    for form in ("gzip", "bgzf"):
        (path,) = made.paths(form)
        with gzip.open(path) as stream:
            assert stream.read() == text
    (path,) = made.paths("zstd")
    assert records(path) == records(plain)
    assert len(text) == made.text == made.sizes["plain"]
    assert made.sizes == {
        form: Path(path).stat().st_size
        for form in made.sizes
        for path in ([Path(made.folder, inputs._NAMES[form])])
    }


def test_a_pass_has_each_read_once_and_the_next_another_order(made, source) -> None:
    (plain,) = made.paths("plain")
    found = records(plain)
    assert len(found) == made.reads == 7_000
    assert sum(len(sequence) for _, sequence, _ in found) == made.bases
    assert made.pass_reads == 3_000
    given = Counter(read for file in source.iterdir() for read in records(str(file)))
    assert Counter(found[:3_000]) == Counter(found[3_000:6_000]) == given
    assert found[:3_000] != found[3_000:6_000]


def test_pieces_stay_whole(made, source) -> None:
    sample = records(str(source / "sample.fastq.gz"))
    (plain,) = made.paths("plain")
    found = records(plain)
    place = found.index(sample[1_000])
    assert found[place : place + 1_000] == sample[1_000:]


def test_mates_stay_together(made) -> None:
    one, two = map(records, made.paths("pairs"))
    assert len(one) == len(two) == made.pairs == 3_500
    assert made.reads_of("pairs") == 7_000
    assert [name[:-1] for name, _, _ in one] == [name[:-1] for name, _, _ in two]
    assert made.has("pairs")


def test_what_is_there_is_used_and_the_same_is_made_again(made, source, tmp_path) -> None:
    files = inputs.find_reads(source)
    cache = Path(made.folder).parent
    before = Path(made.folder, "input.json").stat().st_mtime_ns
    assert inputs.prepare(files, 7_000, cache) == made
    assert Path(made.folder, "input.json").stat().st_mtime_ns == before
    again = inputs.prepare(files, 7_000, tmp_path)
    for form in ("plain", "gzip", "bgzf", "zstd", "pairs"):
        for one, two in zip(made.paths(form), again.paths(form), strict=True):
            assert Path(one).read_bytes() == Path(two).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [Path(again.folder).name]


def test_without_mates_there_are_no_pairs(source, tmp_path) -> None:
    made = inputs.prepare([source / "sample.fastq.gz"], 100, tmp_path)
    assert made.pairs == 0
    assert not made.has("pairs")
    assert made.reads == made.pass_reads == 100


def test_no_reads_are_an_error(tmp_path) -> None:
    with pytest.raises(inputs.NoReadsError, match=r"holds no \.fastq\.gz files; name a folder"):
        inputs.find_reads(tmp_path)
    (tmp_path / "empty.fastq.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(inputs.NoReadsError, match="holds no reads"):
        inputs.prepare(inputs.find_reads(tmp_path), 10, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []
