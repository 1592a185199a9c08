"""Quality control compared with sequali's, module by module, on the first reads of all real files.

docs/multiqc.md lists what both define differently: mean qualities, GC of reads, duplicates and
over-represented sequences.
"""

import json
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import biometal_stream as bs
from tests.conftest import SHARED_DATA
from tests.peers.tools import beginning_of, beginnings

READS = SHARED_DATA / "reads"
FILES = [path for path in sorted(READS.glob("*/*.fastq.gz")) if path.parent.name != "simulated"]
EXACT = 999
"""The last cycle with a bin of its own."""

_PROGRAM = """
import sys
import sequali.__main__ as sequali
sequali.write_html_report = lambda *_: None
folder, *paths = sys.argv[1:]
for path in paths:
    sys.argv = ["sequali", "--threads", "1", "--outdir", folder, path]
    sequali.main()
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory, copies):
    """What sequali says of each file: one process for all, and no pages, which take most time."""
    program = shutil.which("sequali")
    if program is None:
        pytest.skip("sequali is not installed")
    python = Path(program).read_text().partition("\n")[0].removeprefix("#!").strip()
    folder = tmp_path_factory.mktemp("sequali")
    words = [python, "-c", _PROGRAM, str(folder), *map(str, copies.values())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    return {name: json.loads((folder / f"{name}.json").read_text()) for name in copies}


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The first reads of each file, by name."""
    return {path.name: path for path in beginnings(FILES, tmp_path_factory.mktemp("reads"))}


@cache
def tables(path):
    execution = (bs.read_fastq(path) | bs.QualityControl()).execution()
    for _ in execution.stream():
        pass
    found = execution.report().quality["reads"].tables
    return {
        name: {column: table[column].to_numpy() for column in table.column_names}
        for name, table in found.items()
    }


each_file = pytest.mark.parametrize("name", dict.fromkeys(map(beginning_of, FILES)))


@each_file
def test_totals(theirs, copies, name):
    mine = {key: column[0] for key, column in tables(copies[name])["totals"].items()}
    summary = theirs[name]["summary"]
    assert mine["reads"] == summary["total_reads"]
    assert mine["bases"] == summary["total_bases"]
    assert mine["q20_bases"] == summary["q20_bases"]
    assert mine["gc_bases"] == summary["total_gc_bases"]
    assert mine["n_bases"] == summary["total_n_bases"]
    assert mine["min_length"] == summary["minimum_length"]
    assert mine["max_length"] == summary["maximum_length"]
    assert mine["n50"] == theirs[name]["sequence_length_distribution"]["n50"]


@each_file
def test_lengths(theirs, copies, name):
    found = theirs[name]["sequence_length_distribution"]
    mine = tables(copies[name])["lengths"]
    lengths, reads = mine["length"], mine["reads"]
    for label, count in zip(found["length_ranges"], found["counts"], strict=True):
        first, last = ends(label)
        assert reads[(lengths >= first) & (lengths <= last)].sum() == count


@each_file
def test_bases_by_cycle(theirs, copies, name):
    cycles = tables(copies[name])["per_cycle"]
    found = theirs[name]["per_position_base_content"]
    unknown = theirs[name]["per_position_n_content"]["n_content"]
    for number, label in enumerate(found["x_labels"]):
        rows = within(cycles, label)
        counts = {base: cycles[base.lower()][rows].sum() for base in "ACGTN"}
        bases = cycles["bases"][rows].sum()
        known = bases - counts["N"]
        if bases:
            assert counts["N"] / bases == pytest.approx(unknown[number])
        if known:
            shares = {base: counts[base] / known for base in "ACGT"}
            assert shares == pytest.approx({base: found[base][number] for base in "ACGT"})


@each_file
def test_qualities_by_cycle(theirs, copies, name):
    found = theirs[name]["per_position_quality_distribution"]
    mine = tables(copies[name])["qualities_by_cycle"]
    classes = np.minimum(mine["quality"] // 4, len(found["series"]) - 1)
    for number, label in enumerate(found["x_labels"]):
        rows = within(mine, label)
        counts = np.zeros(len(found["series"]))
        np.add.at(counts, classes[rows], mine["bases"][rows])
        if counts.any():
            series = [each[number] for each in found["series"]]
            assert counts / counts.sum() == pytest.approx(np.array(series))


@each_file
def test_adapters_by_cycle(theirs, copies, name):
    mine = tables(copies[name])["adapters"]
    found = dict(theirs[name]["adapter_content"]["adapter_content"])
    labels = theirs[name]["adapter_content"]["x_labels"]
    for adapter in ("Illumina Universal Adapter", "Illumina Small RNA 3' adapter", "PolyG"):
        rows = [n for n, each in enumerate(mine["adapter"]) if each.lower() == adapter.lower()]
        if adapter not in found or not rows:
            continue
        percents = {mine["first_cycle"][row]: mine["percent"][row] for row in rows}
        for label, percent in zip(labels, found[adapter], strict=True):
            first, last = ends(label)
            if first == last and first in percents:
                assert percents[first] == pytest.approx(percent), label


@each_file
def test_tiles(theirs, copies, name):
    found = theirs[name]["per_tile_quality"]["normalized_per_tile_averages"]
    if found:
        assert {str(tile) for tile, _ in found} == set(tables(copies[name])["tiles"]["tile"])


@each_file
def test_channels(theirs, copies, name):
    found = theirs[name]["nanopore_metrics"]["per_channel_bases"]
    mine = tables(copies[name])["channels"]
    bases = Counter(dict(zip(mine["channel"], mine["bases"], strict=True)))
    if found:
        assert bases == {int(channel): count for channel, count in found.items()}


def ends(label):
    first, _, last = label.partition("-")
    return int(first), int(last or first)


def within(table, label):
    """The rows of a range of cycles; none if it ends after the bins of one cycle."""
    first, last = ends(label)
    if last > EXACT:
        return []
    inside = (table["first_cycle"] >= first) & (table["last_cycle"] <= last)
    return np.flatnonzero(inside)
