"""AdapterRemoval's regression cases with tables of barcodes, by `demultiplex`."""

from __future__ import annotations

import shlex
from collections import Counter

import pytest

from biometal_stream.cli.main import main
from biometal_stream.registry.builtin import operator_classes
from tests.peers.test_acceptance import cases, records
from tests.peers.translation import from_adapterremoval

NOT_RUN = {
    "--merge": "AdapterRemoval cuts barcodes on the other strand, which differ between samples",
    "--out-format sam": "SAM is not written",
    "/interleaved/": "AdapterRemoval cuts adapters without insert by the adapters of each sample",
    "/double_indexed/se": "the second barcode of the read's sample is cut with the adapter",
    "/unique/double/test_se": "the second barcode of the read's sample is cut with the adapter",
    "/single_indexed/pe": "AdapterRemoval cuts adapters without insert by those of each sample",
}
"""Why a case is not run, by a part of its name or options."""


def tables():
    """The cases with a table, as parameters."""
    return [each for each in cases() if "--barcode-table" in each.values[0]["options"]]


def reason(case):
    text = f"{case['test']} {case['options']}"
    return next((why for part, why in NOT_RUN.items() if part in text), None)


def sheet(rows, *, number, turned):
    """A sample sheet with a sample for each row, such as ``sample_1`` and ``sample_1.2``.

    Args:
        rows: The name, and the barcodes of mate 1 and mate 2.
        number: How many barcodes count.
        turned: Whether the rows also count with their barcodes exchanged.
    """
    if turned:
        rows += [[name, two, one] for name, one, two in rows]
    seen = Counter()
    lines = ["\t".join(["sample_id", "barcode_1", "barcode_2"][: 1 + number])]
    for name, *barcodes in rows:
        seen[name] += 1
        own = name if seen[name] == 1 else f"{name}.{seen[name]}"
        lines.append("\t".join([own, *barcodes[:number]]))
    return "".join(f"{line}\n" for line in lines)


def of_pairs(steps):
    """The steps with pairs cut by their overlap, since mates run into each other's barcodes."""
    at = steps.index("trim-adapters")
    end = next(end for end in range(at + 1, len(steps)) if steps[end] in operator_classes())
    return [*steps[:at], "trim-overhangs", *steps[end:]]


def written(paths):
    """Names, bases and qualities; AdapterRemoval adds the barcodes to the description."""
    found = (each for path in paths for each in records(path.read_text()))
    return sorted((header.split()[0], bases, scores) for header, bases, scores in found)


@pytest.mark.parametrize("case", tables())
def test_table(case, shared_data, tmp_path):
    if why := reason(case):
        pytest.skip(why)
    root = shared_data / "acceptance" / "adapterremoval"
    folder, words = (root / case["test"]).parent, shlex.split(case["options"])
    inputs = [root / case[name] for name in ("input 1", "input 2") if case[name]]
    table = words.pop(words.index("--barcode-table") + 1)
    rows = [line.split() for line in (folder / table).read_text().splitlines()]
    explicit = "explicit" in words
    number = min(len(inputs), len(rows[0]) - 1)
    turned = "--barcode-orientation" in words and not explicit
    rows = [row[:3] for row in rows]
    (tmp_path / "samples.tsv").write_text(sheet(rows, number=number, turned=turned))
    command = ["read", inputs[0], *(["--mate", inputs[1]] if len(inputs) > 1 else [])]
    command += ["demultiplex", tmp_path / "samples.tsv"]
    command += ["--max-mismatches", 0, "--min-mismatch-delta", 1]
    for barcode in rows[0][1 : 1 + number]:
        command += ["--read-structure", f"{len(barcode)}B+T"]
    if "--demultiplex-only" not in words:
        rest = [word for word in words if word != "--barcode-table"]
        steps = list(map(str, from_adapterremoval(rest, folder, paired=len(inputs) > 1).steps))
        command += of_pairs(steps) if len(inputs) > 1 else steps
    target = "{sample}.r{mate}.fq" if len(inputs) > 1 else "{sample}.r1.fq"
    assert main([*map(str, command), "write", str(tmp_path / target), "--quiet"]) == 0

    listed = ", ".join(case[name] for name in ("expected 1", "expected 2")).split(",")
    for expected in (root / each.strip() for each in listed if each.strip()):
        prefix, name, mate = expected.name.split(".")[:3]
        if mate in {"discarded", "singleton"}:
            continue
        if name == "unidentified" and "--demultiplex-only" not in words:
            continue  # AdapterRemoval leaves them as they are; our steps trim all reads
        name = "undetermined" if name == "unidentified" else name
        paths = [*tmp_path.glob(f"{name}.{mate}.fq"), *tmp_path.glob(f"{name}.?.{mate}.fq")]
        assert written(paths) == written([expected]), f"{prefix}: {name}"
