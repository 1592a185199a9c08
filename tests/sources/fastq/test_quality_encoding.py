"""The encodings of quality, by their definitions, and by what instruments and programs write."""

import math
import random
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.sources.fastq import quality_encoding
from biometal_stream.sources.fastq.quality_encoding import Qualities, translation
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources import naive
from tests.sources.fastq.partitions.whole import bgzf
from tests.sources.stand_ins import lines_of


def reads(qualities: list[str]) -> bytes:
    return "".join(f"@r{n}\n{'A' * len(q)}\n+\n{q}\n" for n, q in enumerate(qualities)).encode()


def between(lowest: int, highest: int, base: int, number: int = 50, length: int = 60) -> list[str]:
    """Qualities drawn evenly from a range of scores."""
    draw = random.Random(lowest * 100 + highest)
    scores = range(lowest, highest + 1)
    return ["".join(chr(base + draw.choice(scores)) for _ in range(length)) for _ in range(number)]


def with_tails(lowest: int, highest: int, base: int = 64, number: int = 50) -> list[str]:
    """Qualities as of 2010, when ``B`` marked the end of a read not to be used."""
    draw = random.Random(lowest)
    return [
        quality[: 60 - tail] + "B" * tail
        for quality in between(lowest, highest, base, number)
        for tail in [draw.choice([0, 0, 5, 20, 60])]
    ]


OLD = {
    "illumina 1.3": (between(0, 40, 64), "phred64"),
    "illumina 1.5": (with_tails(3, 40), "phred64"),
    "illumina 1.8 in 64": (between(2, 41, 64), "phred64"),
    "genome analyzer": (with_tails(3, 34), "phred64"),
    "filtered": (between(20, 40, 64), "phred64"),
    "solexa": (between(-5, 40, 64), "solexa"),
}
NEW = {
    "Q26 to Q50": between(26, 50, 33),
    "Q27 to Q45": between(27, 45, 33),
    "Q30 to Q60": between(30, 60, 33),
    "Q31 to Q43": between(31, 43, 33),
    "Q33 to Q64": between(33, 64, 33),
    "Q40 to Q93": between(40, 93, 33),
    "one read": between(30, 60, 33, 1),
    "few qualities": ["?I]"],
    "Q40 alone": ["I" * 60] * 20,
    "Q30 alone": ["?" * 60] * 20,
    "Q60 alone": ["]" * 60] * 20,
    "Q2 to Q41": between(2, 41, 33),
    "Q0 to Q93": between(0, 93, 33),
    "binned": ["F" * 50 + ":" * 9 + "#"] * 20,
    "binned, without low scores": ["F" * 50 + "B" * 10, "I" * 30 + "B" * 30] * 20,
    "nothing": ["", ""],
}


@pytest.fixture
def translated(tmp_path: Path) -> Callable[..., tuple[list[str], list[str]]]:
    """The qualities that are read, and the warnings: alike in whole files, parts and skipping."""

    def read(qualities: list[str], choice: str) -> tuple[list[str], list[str]]:
        path = tmp_path / "reads.fq"
        path.write_bytes(reads(qualities))
        found = []
        source = FastqSource((path,), quality_encoding=choice)
        skipping = FastqSource((path,), quality_encoding=choice, on_bad_record="skip")
        for sources in ([source], [skipping], source.partitions(3000)):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                batches = [batch for each in sources for batch in each.batches()]
            rows = [value for batch in batches for value in batch.column("quality").to_pylist()]
            found.append((rows, [str(each.message) for each in caught]))
        assert found[0] == found[1] == found[2]
        return found[0]

    return read


@pytest.mark.parametrize("kind", OLD)
def test_old_files_are_translated(translated: Callable, kind: str) -> None:
    qualities, encoding = OLD[kind]
    table = translation(encoding)
    expected = ["".join(chr(table[ord(c)]) for c in quality) for quality in qualities]
    assert translated(qualities, "auto") == (expected, [])
    unchanged, told = translated(qualities, "phred33")
    assert unchanged == qualities
    assert len(told) == 1
    assert f"look like {encoding} and are taken for phred33; --quality-encoding auto" in told[0]


@pytest.mark.parametrize("kind", NEW)
def test_phred33_stays_as_it_is_written(translated: Callable, kind: str) -> None:
    qualities = NEW[kind]
    unchanged, told = translated(qualities, "auto")
    assert unchanged == qualities
    assert all("are left unchanged; if they are" in message for message in told)
    assert translated(qualities, "phred33") == (qualities, [])


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ((26, 50), "may be solexa, or phred33"),
        ((31, 43), "may be phred64, or phred33"),
        ((2, 41), ""),
    ],
)
def test_what_is_in_doubt_is_said(translated: Callable, scores: tuple[int, int], told: str) -> None:
    warned = " ".join(translated(between(*scores, 33), "auto")[1])
    assert told in warned
    assert bool(warned) == bool(told)


@pytest.mark.parametrize(
    "qualities",
    [between(2, 38, 64), between(16, 24, 64, 2, 9), ["BTah"] * 5, ["h" * 60] * 20],
    ids=["no tails", "few", "fewest", "best"],
)
def test_what_is_likely_old_is_warned_of_and_left(translated: Callable, qualities: list) -> None:
    unchanged, told = translated(qualities, "phred33")
    assert unchanged == qualities
    assert "look like phred64 and are taken for phred33; --quality-encoding phred64" in told[0]
    unchanged, told = translated(qualities, "auto")
    assert unchanged == qualities
    assert "if they are phred64, --quality-encoding phred64 translates them" in told[0]


@pytest.mark.parametrize("mode", ["stop", "skip"])
@pytest.mark.parametrize("memory", [16 << 20, None])
@pytest.mark.parametrize("compress", [bytes, bgzf])
def test_low_scores_far_behind_are_seen(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    memory: int | None,
    compress: Callable,
) -> None:
    """Whatever is cut at a time, and where the records are bad."""
    good = between(0, 40, 64, 9000)
    for low in (False, True):
        qualities = [*good, "#" * 60] if low else good
        path = tmp_path / "reads.fq"
        bad = b"@bad\nACGT\n+\nII\n" if mode == "skip" else b""
        path.write_bytes(compress(bad + reads(qualities)))
        pipeline = bs.read_fastq(path, quality_encoding="auto", on_bad_record=mode)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = pipeline.with_options(threads=1, memory=memory).stream().read_all()
        changed = table.column("quality")[0].as_py() != good[0]
        assert table.num_rows == len(qualities)
        assert changed != low


def test_a_file_is_told_by_its_start_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality_encoding, "SAMPLE_BYTES", 1000)
    text = reads([*between(0, 40, 64, 20), "#" * 60])
    assert Qualities.of(lines_of(text)).certainly_old
    assert Qualities.of(lines_of(text)).counts.sum() < 1000


def test_mates_are_told_together() -> None:
    old, low, doubtful = (
        lines_of(reads(each)) for each in (between(0, 40, 64), ["#" * 60], between(5, 36, 64))
    )
    assert Qualities.of(old, doubtful).certainly_old
    assert not Qualities.of(old, low).possibly_old
    assert not Qualities.of(doubtful).certainly_old


RECORDS = st.lists(st.text("!#5;AB^bh~\x1f", max_size=8), min_size=1, max_size=8)


@given(RECORDS, st.lists(st.sampled_from(["junk", "@x", "+", ""]), max_size=3))
def test_the_qualities_are_counted(qualities: list[str], junk: list[str]) -> None:
    text = "".join(f"{line}\n" for line in junk).encode() + reads(qualities)
    counts, tails, tailed = naive.qualities(text.split(b"\n")[:-1])
    found = Qualities.of(lines_of(text))
    assert found.counts.tolist() == counts
    assert (found.tails, found.tailed) == (tails, tailed)
    assert found.least == next((k for k, count in enumerate(counts) if count), 255)
    assert np.all(found.best == max((k for k, count in enumerate(counts) if count), default=0))


def test_phred33_stays_as_it_is() -> None:
    table = translation("phred33")
    assert [byte for byte in range(256) if table[byte]] == list(range(33, 127))
    assert all(table[byte] == byte for byte in range(33, 127))


def test_phred64_is_31_higher() -> None:
    table = translation("phred64")
    assert [byte for byte in range(256) if table[byte]] == list(range(64, 127))
    assert all(table[byte] == byte - 31 for byte in range(64, 127))


def test_solexa_scores_are_odds() -> None:
    table = translation("solexa")
    for byte in range(59, 127):
        odds = 10 ** (-(byte - 64) / 10)
        phred = -10 * math.log10(odds / (1 + odds))
        assert table[byte] - 33 == round(phred)
    assert not table[:59].any()
    assert not table[127:].any()
