"""What FastQC says of files, by module, and how it is compared with ours."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from biometal_stream.reports.document.document import Document
from biometal_stream.reports.fastqc.text import fastqc_data
from tests.peers.tools import ours

QUICK = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
"""Has Java compile less: most of the time is its start and the pictures."""

SINGLE_CYCLES = 999
"""Up to here each cycle is counted by itself."""

Sections = dict[str, list[list[str]]]


def version() -> tuple[int, ...]:
    """FastQC's version; the test is skipped where it is not installed."""
    if shutil.which("fastqc") is None:
        pytest.skip("fastqc is not installed")
    done = subprocess.run(["fastqc", "--version"], capture_output=True, text=True, check=True)
    return tuple(map(int, re.findall(r"\d+", done.stdout)[:3]))


def theirs(paths: Sequence[Path], folder: Path) -> list[Sections]:
    """What FastQC writes of files."""
    words = ["fastqc", "--quiet", "--extract", "--outdir", folder, *paths]
    subprocess.run([*map(str, words)], capture_output=True, check=True, env=os.environ | QUICK)
    names = (path.name.removesuffix(".fastq") for path in paths)
    return [sections((folder / f"{name}_fastqc" / "fastqc_data.txt").read_text()) for name in names]


def mine(path: Path, *words: str) -> Sections:
    """What we write of a file."""
    report = path.with_suffix(".json")
    ours(*words, "--report", report, "read", path)
    document = Document.from_dict(json.loads(report.read_text()))
    return sections(fastqc_data(document, "reads", "reads", path.name))


def sections(text: str) -> Sections:
    """The lines of each module, in cells, by its name; the first has the verdict."""
    found = {}
    for part in text.split(">>END_MODULE\n")[:-1]:
        lines = [line.split("\t") for line in part.splitlines() if not line.startswith("##")]
        found[lines[0][0].removeprefix(">>")] = lines
    return found


def differences(one: Sections, other: Sections) -> Iterator[str]:
    """Yields what differs between our sections and those of FastQC 0.12.1 for no known reason."""
    if list(one) != list(other):
        yield f"modules: {list(one)} instead of {list(other)}"
    for module in one.keys() & other.keys():
        mine, theirs = one[module], other[module]
        if module == "Overrepresented sequences":  # equal counts may be in the order of the file
            mine, theirs = sorted(mine), sorted(theirs)
        if mine == theirs:
            continue
        pairs = zip(mine, theirs, strict=True)
        if len(mine) != len(theirs) or not all(_alike(module, *each) for each in pairs):
            first = next(each for each in zip(mine, theirs, strict=False) if each[0] != each[1])
            yield f"{module}: {first[0]} instead of {first[1]}"


def _alike(module: str, mine: list[str], theirs: list[str]) -> bool:
    """Whether two lines are equal, or differ for a reason that the documentation gives."""
    if mine == theirs:
        return True
    if module == "Per sequence GC content":  # sums of fractions in the order of reads
        return _close(mine, theirs, 1e-12)
    beyond = int(mine[0].partition("-")[2] or 0) > SINGLE_CYCLES
    if module == "Per base sequence quality":
        return beyond and _close(mine[:2], theirs[:2], 0.03) and _close(mine, theirs, 0.5)
    return module == "Adapter Content" and beyond and _close(mine, theirs, 1e-9)


def _close(mine: list[str], theirs: list[str], tolerance: float) -> bool:
    """Whether cells are numbers that differ little; a first cell that is none has to be equal."""
    if mine[0] != theirs[0]:
        return False
    pairs = zip(map(float, mine[1:]), map(float, theirs[1:]), strict=True)
    return all(
        (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tolerance * abs(b) for a, b in pairs
    )


def of_0_11(found: Sections) -> Sections:
    """What FastQC 0.11 and 0.12 write alike, of ours or of 0.11's.

    0.12 added the number of bases, counts the tiles of all of the first 10,000 reads, cuts all
    sequences at 50 bases and not only those above 75, reports duplicates once, looks for other
    adapters, and names the source of a sequence by better rules.
    """
    alike = dict(found)
    alike.pop("Per tile sequence quality", None)
    basic = [line for line in alike["Basic Statistics"] if line[0] != "Total Bases"]
    shortest, _, longest = next(
        line[1] for line in basic if line[0] == "Sequence length"
    ).partition("-")
    alike["Basic Statistics"] = basic
    verdicts = alike.pop("Adapter Content")
    names = ["#Position", "Illumina Universal Adapter", "Nextera Transposase Sequence"]
    places = [verdicts[1].index(name) for name in names] if len(verdicts) > 1 else []
    alike["Adapter Content"] = [[line[place] for place in places] for line in verdicts[1:]]
    if int(shortest) <= 75 and int(longest or shortest) > 50:
        del alike["Sequence Duplication Levels"], alike["Overrepresented sequences"]
        return alike
    levels = alike["Sequence Duplication Levels"]
    alike["Sequence Duplication Levels"] = [
        [line[0], line[-1]] for line in levels if line[0] != "#Duplication Level"
    ]
    alike["Overrepresented sequences"] = [line[:3] for line in alike["Overrepresented sequences"]]
    return alike
