"""Numbers are written as people read them."""

import pytest

from biometal_stream.cli import figures


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (5e12, "5.0 TB"),
    ],
)
def test_bytes(number, text):
    assert figures.size(number) == text


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (0, "0.00 s"),
        (12.34, "12.3 s"),
        (59.96, "1 min 00 s"),
        (247, "4 min 07 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_times(duration, text):
    assert figures.seconds(duration) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999.4, "999"),
        (999.9, "1.00 k"),
        (46_123, "46.1 k"),
        (512_345, "512 k"),
        (1_292_543, "1.29 M"),
    ],
)
def test_rounded(number, text):
    assert figures.rounded(number) == text


def test_counted():
    assert figures.counted(1, "bad records") == "1 bad record"
    assert figures.counted(1, "orphans") == "1 orphan"
    assert figures.counted(1, "files translated from phred64") == "1 file translated from phred64"
    assert figures.counted(1200, "bad records") == "1,200 bad records"


def test_counts_and_shares():
    assert figures.count(1234567) == "1,234,567"
    assert figures.share(0.93211) == "93.2 %"
    assert figures.share(None) == "-"
