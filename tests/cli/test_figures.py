"""Numbers are written as people read them, and read as people write them."""

import pytest

from biometal_stream.cli import figures


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("512M", 512 * 1024**2),
        ("512m", 512 * 1024**2),
        ("512MiB", 512 * 1024**2),
        ("512MB", 512 * 1000**2),
        ("1.5G", 3 * 1024**3 // 2),
        (".5k", 512),
        ("2 GiB", 2 * 1024**3),
        ("10B", 10),
        ("1T", 1024**4),
    ],
)
def test_sizes(text, number):
    assert figures.parse_size(text) == number


@pytest.mark.parametrize("text", ["", "M", "-1", "1X", "1iB", "0", "0.1", "1 2", "nan", "1e3", "²"])
def test_what_is_no_size(text):
    with pytest.raises(ValueError, match=r"bytes|byte"):
        figures.parse_size(text)


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
    assert figures.counted(1200, "bad records") == "1,200 bad records"


def test_counts_and_shares():
    assert figures.count(1234567) == "1,234,567"
    assert figures.share(0.93211) == "93.2 %"
    assert figures.share(None) == "-"
