"""What the preset for Illumina keeps, and what fastp keeps by default."""

from tests.peers.tools import FASTP, ours, pair, peer, single


def names(path):
    return [line.split()[0] for line in path.read_bytes().splitlines()[0::4]]


def test_pairs(shared_data, tmp_path):
    first, second = pair(shared_data, "illumina/metagenome_miseq")
    outputs = ("-o", tmp_path / "theirs.fq", "-O", tmp_path / "theirs_2.fq")
    peer("fastp", *FASTP, "-i", first, "-I", second, *outputs)
    ours("preset", "illumina", first, "--mate", second, "write", tmp_path / "ours_R{mate}.fq")
    assert names(tmp_path / "ours_R1.fq") == names(tmp_path / "theirs.fq")


def test_single_reads(shared_data, tmp_path):
    path = single(shared_data, "illumina/shewanella_ERR777676_R1")
    peer("fastp", *FASTP, "-i", path, "-o", tmp_path / "theirs.fq")
    ours("preset", "illumina", path, "write", tmp_path / "ours.fq")
    assert names(tmp_path / "ours.fq") == names(tmp_path / "theirs.fq")
