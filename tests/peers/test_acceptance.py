"""The regression cases of cutadapt and AdapterRemoval: their options, inputs and outputs."""

from __future__ import annotations

import csv
import re
import shlex
from itertools import zip_longest
from pathlib import Path

import pytest

from biometal_stream.cli.main import main
from biometal_stream.registry.builtin import operator_classes
from tests.conftest import SHARED_DATA
from tests.peers.translation import from_adapterremoval, from_cutadapt

IUPAC = "ACGTURYSWKMBDHVN"

NOT_RUN = {
    r"--barcode-table": "see test_barcode_tables",
    r"merging/(additive|maximum)": "see test_pairs",
    r"--merge\b": "what is trimmed before depends on the overlap of mates, or SAM is written",
    r"--pre-trim-polyx (?!off)|poly-x-tails/test_auto": (
        "AdapterRemoval's tails are not those of fastp or cutadapt"
    ),
    r"preserve5p/.*enabled": "trim-quality --algorithm mott cuts both ends",
    r"--quality-trimming window": "AdapterRemoval's windows are not those of trim-quality",
    r"adapter_selection/manual/test_1_pe|poly-x-tails/test_off_pe": (
        "AdapterRemoval decides by the overlap of mates, which is not by rules"
    ),
}
"""Why a case is not run, by a pattern in its test's name and options."""


def cases() -> list[object]:
    """Each case as a parameter; none without the data."""
    table = SHARED_DATA / "acceptance" / "cases.tsv"
    rows = csv.DictReader(table.read_text().splitlines(), delimiter="\t") if table.exists() else ()
    return [
        pytest.param(row, id=f"{row['peer']}-{row['test'].partition('test')[2]}-{row['options']}")
        for row in rows
    ]


def reason(case: dict[str, str]) -> str | None:
    """Why a case is not run."""
    text = f"{case['test']} {case['options']}"
    return next((why for pattern, why in NOT_RUN.items() if re.search(pattern, text)), None)


def records(text: str) -> list[tuple[str, ...]]:
    """The headers, bases and qualities of FASTA or FASTQ."""
    lines = text.splitlines()
    if text.startswith(">"):
        return [tuple(lines[at : at + 2]) for at in range(0, len(lines), 2)]
    return [(lines[at], lines[at + 1], lines[at + 3]) for at in range(0, len(lines) - 3, 4)]


def respelling(texts: list[str], options: str) -> dict[int, str]:
    """Letters for those that are no bases, which we refuse; in upper and in lower case.

    Those of adapters stay apart; the others may share one letter.
    """
    used = {letter.upper() for text in texts for letter in text if letter.isalpha()}
    strange = sorted(used - set(IUPAC), key=lambda letter: letter not in options)
    free = [letter for letter in IUPAC if letter not in used]
    pairs = dict(zip_longest(strange, free[: len(strange)], fillvalue=free[-1] if free else ""))
    return str.maketrans(pairs | {one.lower(): two.lower() for one, two in pairs.items()})


def respelt(path: Path, to: Path, table: dict[int, str]) -> Path:
    """A copy of reads with other letters, where there are any to replace."""
    if not table:
        return path
    lines = path.read_text().splitlines()
    for at, line in enumerate(lines):
        if lines[0][0] == ">" != line[0] or (lines[0][0] == "@" and at % 4 == 1):
            lines[at] = line.translate(table)
    copy = to / path.name
    copy.write_text("\n".join(lines) + "\n")
    return copy


def words_of(case: dict[str, str], table: dict[int, str]) -> list[str]:
    """The options of a case, the adapters respelt."""
    words = shlex.split(case["options"])
    return [
        word.translate(table) if before in {"-a", "-b", "-g", "-A", "-B", "-G"} else word
        for before, word in zip(["", *words], words, strict=False)
    ]


def bases(path: Path) -> list[str]:
    return [] if path.suffix in {".gz", ".xz"} else [each[1] for each in records(path.read_text())]


@pytest.mark.parametrize("case", cases())
def test_case(case, shared_data, tmp_path, capsys):
    if why := reason(case):
        pytest.skip(why)
    folder = shared_data / "acceptance" / case["peer"]
    inputs = [folder / case[name] for name in ("input 1", "input 2") if case[name]]
    listed = ", ".join(case[name] for name in ("expected 1", "expected 2")).split(",")
    expected = [folder / each.strip() for each in listed if each.strip()]
    expected = [each for each in expected if not re.search("discarded|singleton", each.name)]

    table = respelling([text for path in inputs for text in bases(path)], case["options"])
    words, paired = words_of(case, table), len(inputs) == 2
    if case["peer"] == "cutadapt":
        line = from_cutadapt(words, paired=paired)
    else:
        line = from_adapterremoval(words, (folder / case["test"]).parent, paired=paired)
    missing = {
        word for word in line.steps if str(word).startswith("trim-")
    } - operator_classes().keys()
    if missing:
        pytest.skip(f"there is no step {' or '.join(missing)}")

    suffix = ".fa" if inputs[0].suffix in {".fa", ".fasta"} else ".fq"
    outputs = [tmp_path / f"out{number}{suffix}" for number, _ in enumerate(expected)]
    sources = [respelt(path, tmp_path, table) for path in inputs]
    mates = [["--mate", files[1]] if paired else [] for files in (sources, outputs)]
    command = [
        "read",
        sources[0],
        *mates[0],
        *line.read,
        *line.steps,
        "write",
        outputs[0],
        *mates[1],
    ]
    assert main([*map(str, command), *line.whole, "--quiet"]) == 0, capsys.readouterr().err
    capsys.readouterr()  # there may be a warning: FASTQ does not hold the column
    for path, other in zip(outputs, expected, strict=True):
        wanted = records(respelt(other, tmp_path, table).read_text())
        if "phred64" in line.read:  # our output is Phred+33
            wanted = [(*read, moved(scores)) for *read, scores in wanted]
        assert records(path.read_text()) == wanted


def moved(scores: str) -> str:
    return "".join(chr(ord(score) - 31) for score in scores)
