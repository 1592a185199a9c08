"""Duplicates, lists of names and new names, as seqkit and fastp have them."""

from __future__ import annotations

import json

import pytest

from tests.peers.tools import PAIRS, SINGLE, assert_same, ours, pair, peer, reads_in, single


@pytest.mark.parametrize("exact", [(), ("--exact",)])
@pytest.mark.parametrize("name", SINGLE)
def test_seqkit_drops_the_same_reads(shared_data, tmp_path, name, exact):
    path = single(shared_data, name)
    peer("seqkit", "rmdup", "-w", 0, "-s", "-P", path, "-o", tmp_path / "theirs.fq")
    ours("read", path, "drop-duplicates", *exact, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


@pytest.mark.parametrize("name", SINGLE)
def test_seqkit_drops_the_same_reads_of_either_strand(shared_data, tmp_path, name):
    path = single(shared_data, name)
    peer("seqkit", "rmdup", "-w", 0, "-s", path, "-o", tmp_path / "theirs.fq")
    ours("read", path, "drop-duplicates", "--either-strand", "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


def test_seqkit_drops_the_same_names(shared_data, tmp_path):
    path = single(shared_data, SINGLE[0])
    peer("seqkit", "rmdup", "-w", 0, path, path, "-o", tmp_path / "theirs.fq")
    words = ["drop-duplicates", "--by", "name", "--bases", "0"]
    ours("read", path, path, *words, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")


def sequences(one, two):
    """The pairs in two files. Which of equal ones fastp keeps depends on its threads."""
    lines = [path.read_text().split("\n")[1::4] for path in (one, two)]
    return sorted(zip(*lines, strict=True))


def test_fastp_drops_the_same_pairs(shared_data, tmp_path):
    one, two = pair(shared_data, PAIRS[1])
    theirs = tmp_path / "theirs_1.fq", tmp_path / "theirs_2.fq"
    mine = tmp_path / "ours_1.fq", tmp_path / "ours_2.fq"
    report = tmp_path / "fastp.json"
    words = ["-A", "-G", "-Q", "-L", "--dedup", "-j", report, "-h", "/dev/null"]
    words += ["--dup_calc_accuracy", 1]
    peer("fastp", "-i", one, "-I", two, "-o", theirs[0], "-O", theirs[1], *words)
    stats = tmp_path / "stats.json"
    words = ["drop-duplicates", "write", mine[0], "--mate", mine[1], "--stats", stats]
    ours("read", one, "--mate", two, *words)
    assert sequences(*mine) == sequences(*theirs)
    rate = json.loads(stats.read_text())["results"]["drop-duplicates"]["rate"]
    found = json.loads(report.read_text())["duplication"]["rate"]
    assert rate == pytest.approx(found, abs=0.01)


@pytest.mark.parametrize(("step", "option"), [("keep-names", ()), ("drop-names", ("-v",))])
def test_seqkit_finds_the_same_names(shared_data, tmp_path, step, option):
    path, names = single(shared_data, SINGLE[3]), tmp_path / "names.txt"
    listed = peer("seqkit", "seq", "-n", "-i", path).splitlines()[::7]
    names.write_text("\n".join([*listed, "nobody"]) + "\n")
    words = ["-w", 0, *option, "-f", names, path, "-o", tmp_path / "theirs.fq"]
    peer("seqkit", "grep", *words)
    ours("read", path, step, names, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")
    assert reads_in(tmp_path / "ours.fq")


def test_seqkit_gives_the_same_names_and_range(shared_data, tmp_path):
    path = single(shared_data, SINGLE[3])
    peer("seqkit", "replace", "-w", 0, "-p", ".+", "-r", "x_{nr}", path, "-o", tmp_path / "all.fq")
    peer("seqkit", "range", "-w", 0, "-r", "51:80", tmp_path / "all.fq", "-o", tmp_path / "30.fq")
    words = ["rename-reads", "x_{number} ", "skip", 50, "head", 30]
    ours("read", path, *words, "write", tmp_path / "ours.fq")
    assert_same(tmp_path / "ours.fq", tmp_path / "30.fq")


def test_seqkit_writes_the_same_old_qualities(shared_data, tmp_path):
    path = single(shared_data, SINGLE[3])
    words = ["--from", "Sanger", "--to", "Illumina-1.5+", path, "-w", 0]
    peer("seqkit", "convert", *words, "-o", tmp_path / "theirs.fq")
    ours("read", path, "write", tmp_path / "ours.fq", "--quality-encoding", "phred64")
    assert_same(tmp_path / "ours.fq", tmp_path / "theirs.fq")
