"""Files of ours, read by the programs they are meant for."""

import gzip

import dnaio
import pytest

from tests.peers.tools import PAIRS, SINGLE, ours, pair, peer, single

GZIP = ("illumina/shewanella_ERR777676_R1", "ont/ecoli_ont")


@pytest.fixture(scope="module")
def written(shared_data, tmp_path_factory):
    """One file of each of `GZIP`, as FASTQ.gz, and its text."""
    folder = tmp_path_factory.mktemp("written")
    files = []
    for name in GZIP:
        source = single(shared_data, name)
        target = folder / f"{name.replace('/', '_')}.fq.gz"
        ours("read", source, "write", target)
        with gzip.open(source) as file:
            files.append((target, file.read()))
    return files


def test_check_sums_of_gzip(written):
    for path, _ in written:
        peer("gzip", "-t", path)
        peer("bgzip", "-t", path)


def test_bgzip_reads_from_any_place(written):
    for path, text in written:
        peer("bgzip", "-r", path)
        middle = len(text) // 2
        assert peer("bgzip", "-b", middle, "-s", 1000, path).encode() == text[middle:][:1000]


def test_samtools_imports(written):
    for path, text in written:
        sam = peer("samtools", "import", "-0", path, "-O", "sam")
        records = [line.split("\t") for line in sam.splitlines() if not line.startswith("@")]
        found = [(record[0], record[9], record[10]) for record in records]
        lines = text.decode().splitlines()
        names = [line[1:].split()[0] for line in lines[::4]]
        bases = [name.removesuffix("/1") for name in names]
        assert found == list(zip(bases, lines[1::4], lines[3::4], strict=True))


def test_seqkit_and_dnaio_read_gzip(written):
    for path, text in written:
        assert peer("seqkit", "seq", "-w", 0, path).encode() == text
        with dnaio.open(path) as reader:
            assert b"".join(read.fastq_bytes() for read in reader) == text


@pytest.mark.parametrize("name", SINGLE[-2:])
def test_zstd(shared_data, tmp_path, name):
    path = tmp_path / "reads.fq.zst"
    ours("read", single(shared_data, name), "write", path)
    peer("zstd", "-q", "-t", path)
    with gzip.open(single(shared_data, name), "rt") as file:
        assert peer("zstd", "-q", "-d", "-c", path) == file.read()


def test_samtools_imports_pairs(shared_data, tmp_path):
    first, second = pair(shared_data, PAIRS[-1])
    one, two, both = (tmp_path / f"{name}.fq.gz" for name in ("one", "two", "both"))
    ours("read", first, "--mate", second, "write", one, "--mate", two)
    ours("read", first, "--mate", second, "write", both, "--interleaved")
    apart = peer("samtools", "import", "-1", one, "-2", two, "-O", "sam")
    together = peer("samtools", "import", "-s", both, "-O", "sam")
    names, flags = [], []
    for sam in (apart, together):
        records = [line.split("\t") for line in sam.splitlines() if not line.startswith("@")]
        names.append([(record[0], record[9], record[10]) for record in records])
        flags.append([int(record[1]) for record in records])
    assert names[0] == names[1]
    assert len(names[0]) == 4000
    assert flags[0] == [77, 141] * 2000  # first and second of a pair, neither mapped
