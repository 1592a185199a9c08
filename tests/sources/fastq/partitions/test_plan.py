"""FASTQ files in partitions: they give the rows of the whole."""

import gzip
import io
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf.writer import END
from biometal_stream.errors import (
    ConfigurationError,
    FastqError,
    InputError,
)
from biometal_stream.sources.fastq.source import FastqSource
from tests.fuzz.test_structure import texts
from tests.sources import naive
from tests.sources.fastq.partitions.whole import (
    MANY,
    Write,
    bgzf,
    check,
    check_error,
    error_of,
    read,
    read_parts,
    record,
    records,
)

REAL = (
    "illumina/human_ga2_76bp",
    "illumina/mammoth_adna_truseq_JK2782_R1",
    "mgi/human_rnaseq_dnbseq_R1",
    "ont/sarscov2_ont",
    "pacbio/fungal_its_pacbio",
)


@pytest.mark.parametrize("name", REAL)
def test_real_reads(shared_data: Path, write: Write, name: str) -> None:
    file = shared_data / "reads" / f"{name}.fastq.gz"
    text = gzip.decompress(file.read_bytes())
    for data in (text, bgzf(text)):
        source = FastqSource((write(data),))
        assert len(check(source, len(data) // 7)) >= 6
        assert len(check(source, 1 << 40)) == 1
    whole = read(source)[0]
    splits = source.partitions(len(data) // 7)
    assert sum(split.bytes_total for split in splits) == len(data)
    assert read_parts(splits)[0].equals(whole)
    check(FastqSource((str(file),)), 1000, parts=1)


def test_blocks_of_bgzip(shared_data: Path, tmp_path: Path) -> None:
    """As written by another program, with names in the headers and blocks that end anywhere."""
    file = shared_data / "reads" / "ont" / "ebola_ont.fastq.gz"
    target = tmp_path / "reads.fq.gz"
    try:
        with target.open("wb") as out:
            text = gzip.decompress(file.read_bytes())
            subprocess.run(["bgzip", "-c"], input=text, stdout=out, check=True)
    except FileNotFoundError:
        pytest.skip("there is no bgzip")
    assert len(check(FastqSource((str(target),)), target.stat().st_size // 5)) == 5


@pytest.mark.parametrize(
    "name", ["mgi/human_rnaseq_dnbseq", "illumina/metagenome_226bp", "illumina/human_bcr_phix"]
)
def test_real_mates(shared_data: Path, write: Write, name: str) -> None:
    """Plain with plain, BGZF with BGZF, and one with the other."""
    texts = [
        gzip.decompress((shared_data / "reads" / f"{name}_R{mate}.fastq.gz").read_bytes())
        for mate in (1, 2)
    ]
    plain = [write(text, f"{mate}.fq") for mate, text in enumerate(texts)]
    packed = [write(bgzf(text), f"{mate}.fq.gz") for mate, text in enumerate(texts)]
    lines = [text.split(b"\n")[:-1] for text in texts]
    rows = [
        b"\n".join(each[index : index + 4])
        for index in range(0, len(lines[0]), 4)
        for each in lines
    ]
    both = write(b"\n".join([*rows, b""]), "both.fq")
    whole, _ = read(FastqSource((plain[0],), mate=(plain[1],)))
    for one, two in ((0, 0), (1, 1), (0, 1), (1, 0)):
        source = FastqSource(((plain, packed)[one][0],), mate=((plain, packed)[two][1],))
        size = sum(Path(path).stat().st_size for path in (*source.paths, *source.mate_paths))
        splits = source.partitions(-(-size // 6))
        assert len(splits) == 6
        table, told = read_parts(splits)
        assert table.equals(whole)
        assert told.bytes_read == told.bytes_total == size
    interleaved = FastqSource((both,), interleaved=True)
    splits = interleaved.partitions(Path(both).stat().st_size // 6)
    assert len(splits) >= 6
    assert read_parts(splits)[0].equals(whole)


@settings(max_examples=40)
@given(text=texts, nbytes=st.integers(1, 200), block=st.sampled_from([3, 40, 1000]))
def test_any_text(
    tmp_path_factory: pytest.TempPathFactory, text: bytes, nbytes: int, block: int
) -> None:
    """Good or bad, plain or BGZF: the same rows, or the same error."""
    path = tmp_path_factory.getbasetemp() / "any.fq"
    for data in (text, bgzf(text, block)):
        path.write_bytes(data)
        source = FastqSource((str(path),))
        try:
            wanted = len(naive.parse(text))
        except naive.Bad:
            check_error(source, nbytes)
        else:
            check(source, nbytes)
            assert read(source)[0].num_rows == wanted


@pytest.mark.parametrize("nbytes", [1, 100, 1000, 30_000])
@pytest.mark.parametrize("block", [77, 1000, 65_000])
def test_every_size(write: Write, nbytes: int, block: int) -> None:
    text = records(60, 30) + record(60, 400) + b"@empty\n\n+\n\n" + record(62, 1) * 9
    check(FastqSource((write(text),)), nbytes)
    check(FastqSource((write(bgzf(text, block), "reads.gz"),)), nbytes)


def test_line_ends_marks_and_blank_lines(write: Write) -> None:
    text = b"\xef\xbb\xbf" + MANY.replace(b"\n", b"\r\n") + b"\r\n\n\r\n"
    assert len(check(FastqSource((write(text),)), len(text) // 9)) == 10
    check(FastqSource((write(MANY[:-1]),)), len(text) // 9)


def test_qualities_that_look_like_headers(write: Write) -> None:
    """Each line of a read of one letter could be the start of another, but for its place."""
    text = b"".join(b"@+\nA\n+\n@\n@@\nC\n+\n+\n" for _ in range(200))
    assert len(check(FastqSource((write(text),)), 40)) > 50
    check(FastqSource((write(bgzf(text, 50), "reads.gz"),)), 40)


def test_reads_longer_than_what_is_looked_at(write: Write) -> None:
    text = records(20, 300_000)
    for data in (text, bgzf(text)):
        assert len(check(FastqSource((write(data),)), len(data) // 10)) >= 9


def test_reads_longer_than_the_limit(write: Write) -> None:
    source = FastqSource((write(records(4, 300_000)),), max_record_bytes=1000)
    assert check_error(source, 300_000) <= 2  # it is not looked for the others' ends


def test_interleaved_reads_are_cut_at_mate_1(write: Write) -> None:
    text = b"".join(record(n // 2, 20, f"/{n % 2 + 1}") for n in range(600))
    source = FastqSource((write(text),), interleaved=True)
    for nbytes in (70, 1000, 5000):
        assert len(check(source, nbytes)) > 3
    packed = FastqSource((write(bgzf(text, 500), "reads.gz"),), interleaved=True)
    assert len(check(packed, 500)) > 3


def test_interleaved_reads_of_one_name_are_not_cut(write: Write) -> None:
    source = FastqSource((write(record(1) * 9000),), interleaved=True)
    splits = check(source, 10_000)
    assert len(splits) < 20  # only where the end of the file tells which is mate 1


def test_mates_whose_names_repeat_are_not_cut(write: Write) -> None:
    source = FastqSource(
        (write(record(1) * 3000, "1.fq"),), mate=(write(record(1) * 3000, "2.fq"),)
    )
    check(source, 50_000)


def test_mates_of_other_lengths(write: Write) -> None:
    """The mate is looked for ever farther from the place expected."""
    one = b"".join(record(n, 20 if n < 3000 else 60, "/1") for n in range(6000))
    two = b"".join(record(n, 60 if n < 3000 else 20, "/2") for n in range(6000))
    for first, second in ((one, two), (bgzf(one), bgzf(two)), (bgzf(one), two)):
        source = FastqSource((write(first, "1.fq"),), mate=(write(second, "2.fq"),))
        assert len(check(source, (len(first) + len(second)) // 8)) >= 7


def test_numbers_behind_a_dot_are_no_marks_of_mates(write: Write) -> None:
    """SRR1.1 and SRR1.2 could be mates by their names, and are two reads."""
    text = b"".join(b"@SRR1.%d %d\nACGT\n+\nIIII\n" % (n, n) for n in range(1, 900))
    source = FastqSource((write(text, "1.fq"),), mate=(write(text, "2.fq"),))
    assert len(check(source, 8000)) > 3
    twice = b"".join(b"@SRR1.%d\nACGT\n+\nIIII\n" % (n // 2) for n in range(2, 900))
    assert len(check(FastqSource((write(twice),), interleaved=True), 3000)) > 3


names = st.sampled_from(["r", "a", "a.1", "a.2", "b/1", "c_2"]) | st.integers(0, 40).map(str)
mates = st.lists(
    st.tuples(names, st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=1, max_size=40
)


@given(pairs=mates, nbytes=st.integers(1, 400), block=st.sampled_from([20, 200]))
def test_any_names(
    tmp_path_factory: pytest.TempPathFactory,
    pairs: list[tuple[str, int, int, bool]],
    nbytes: int,
    block: int,
) -> None:
    """Names that repeat and look like marks of mates: the same rows, or a word that they repeat."""
    folder = tmp_path_factory.getbasetemp()
    ones, twos = (
        [
            f"@{each[0]}{f'/{mate}' * each[3]}\n{'A' * each[mate]}\n+\n{'@' * each[mate]}\n"
            for each in pairs
        ]
        for mate in (1, 2)
    )
    both = "".join(record for pair in zip(ones, twos, strict=True) for record in pair)
    paths = [str(folder / name) for name in ("both.fq", "1.fq", "2.fq")]
    for path, text in zip(paths, (both, "".join(ones), "".join(twos)), strict=True):
        Path(path).write_text(text)
    Path(paths[2]).write_bytes(bgzf("".join(twos).encode(), block))
    for source in (
        FastqSource((paths[0],), interleaved=True),
        FastqSource((paths[1],), mate=(paths[2],)),
    ):
        if error_of([source]) is not None:  # two reads are marked as the same mate
            check_error(source, nbytes)
            continue
        splits = source.partitions(nbytes)
        try:
            table, _ = read_parts(splits)
        except InputError as error:
            assert "names of reads repeat" in str(error)  # noqa: PT017 - it may be raised
            assert not source.interleaved
            assert len({each[0] for each in pairs}) < len(pairs)
        else:
            assert table.equals(read(source)[0])


def test_lanes_and_relative_paths(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers have another folder, and messages call a file as the user did."""
    for name, text in (("1.fq", MANY), ("2.fq", b""), ("3.fq.gz", gzip.compress(MANY))):
        write(text, name)
    write(MANY + b"junk\n", "4.fq")
    monkeypatch.chdir(tmp_path)
    source = FastqSource(("1.fq", "2.fq", "3.fq.gz"), sample="S1")
    splits = source.partitions(50_000)
    bad = FastqSource(("4.fq",)).partitions(50_000)
    whole = read(source)
    monkeypatch.chdir("/")
    assert read_parts(splits) == whole
    with pytest.raises(FastqError, match=r"^4\.fq: record 2001, line 8001, byte"):
        read_parts(bad)


def test_an_empty_file_is_one_part_without_rows(write: Write) -> None:
    (split,) = check(FastqSource((write(b""),)), 10)
    assert split.whole
    check(FastqSource((write(END, "reads.gz"),)), 10, parts=1)


def test_what_cannot_be_divided(write: Write, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, words in (
        ("-", "standard input cannot be divided; write it to a file first"),
        (io.BytesIO(MANY), "a file object cannot be divided"),
        (pipe, "cannot be divided, since it is not a file; write it to a file first"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            FastqSource((path,)).partitions(1000)
    for path, words in ((tmp_path / "none", "No such file"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=words):
            FastqSource((path,)).partitions(1000)
    with pytest.raises(ConfigurationError, match="at least 1 byte"):
        FastqSource((write(MANY),)).partitions(0)
    with pytest.raises(InputError, match="BAM"):
        FastqSource((write(b"BAM\x01" + MANY),)).partitions(1000)
