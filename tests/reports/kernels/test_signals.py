"""The kernels of channels, hours and errors against Python's own parsers."""

import re
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biometal_stream.reports.kernels.signals import (
    NOT_KNOWN,
    find_holes,
    find_hours,
    find_signals,
    sum_errors,
)
from tests.operators.kernels.columns import bounded

DESCRIPTIONS = [
    "runid=31c3 sampleid=Q read=11350 ch=453 start_time=2019-03-06T23:05:44Z barcode=barcode02",
    "qs:f:12.5\tns:i:9\tch:i:12\tst:Z:2024-01-31T23:59:59.123+01:00",
    "st:Z:2024-02-29T00:30:00-0130 ch=1",
    "start_time=1480-12-31T01:06:18Z",
    "ch=1234567890 start_time=2024-13-01T00:00:00Z",
    "ch= start_time=",
    "ch=x12 xch=3 start_time=2024-01-31",
    "ch=12x",
    "1:N:0:ACGTACGT+ACGTACGT",
    "x" * 63 + " ch=7",
    "x" * 64 + " ch=7 start_time=2024-01-31T10:00",
    "x" * 127 + "\tch:i:8",
    "ch=1 ch=2",
    "",
]
words = st.sampled_from(
    ["ch=5", "ch:i:77", "ch=", "x", "y" * 61, "st:Z:2020-02-29T23:59:00Z", "start_time=x", "c", "s"]
)
described = st.sampled_from(DESCRIPTIONS) | st.lists(words, max_size=6).map(" ".join)


def hours_since_1970(text):
    found = re.match(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)", text, re.ASCII)
    if found is None:
        return NOT_KNOWN
    zone = re.search(r"([+-])(\d\d):?(\d\d)", text[16:])
    try:
        start = datetime.fromisoformat(f"{found[1]}T{found[2]}:00+00:00")
    except ValueError:
        return NOT_KNOWN
    minutes = round((start - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) // 60
    if zone is not None:
        ahead = 60 * int(zone[2]) + int(zone[3])
        minutes += ahead if zone[1] == "-" else -ahead
    return minutes // 60


def plain(description):
    channel = hour = NOT_KNOWN
    for word in re.split("[ \t]", description):
        number = re.match("(?:ch=|ch:i:)([0-9]*)", word)
        if number is not None:
            channel = int(number[1]) if 1 <= len(number[1]) <= 9 else NOT_KNOWN
        time = re.match("(?:start_time=|st:Z:)(.*)", word)
        if time is not None:
            hour = hours_since_1970(time[1])
    return channel, hour


@given(st.lists(described, max_size=6), st.sampled_from([np.int32, np.int64]), st.integers(0, 3))
@example(DESCRIPTIONS, np.int32, 0)
def test_find_signals(texts, kind, gap):
    channels, hours = np.empty((2, len(texts)), np.int64)
    column = bounded([text.encode() for text in texts], kind, gap=gap)
    known = find_signals(*column, channels, hours)
    expected = [plain(text) for text in texts]
    assert list(zip(channels.tolist(), hours.tolist(), strict=True)) == expected
    assert known == sum(each != (NOT_KNOWN, NOT_KNOWN) for each in expected)


@given(st.datetimes(), st.integers(-14, 14))
def test_find_hours(time, zone):
    text = f"{time.isoformat()}{zone:+03}:30" if zone else time.isoformat(" ")
    hours = np.empty(1, np.int64)
    find_hours(*bounded([text.encode()]), hours)
    assert hours.tolist() == [hours_since_1970(text)]


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("m64011_190830_220126/101320/ccs", 1),
        ("m64011_190830_220126/655361/0_11", 10),
        ("m160805_152957_42203_c101_s1_p0/9/ccs", 0),
        ("m64011_190830_220126/101320", NOT_KNOWN),
        ("m6/1234567890/ccs", NOT_KNOWN),
        ("mouse/1/2", NOT_KNOWN),
        ("m", NOT_KNOWN),
        ("", NOT_KNOWN),
    ],
)
def test_find_holes(name, column):
    columns = np.empty(2, np.int64)
    known = find_holes(*bounded([name.encode(), b"x"]), columns)
    assert columns.tolist() == [column, NOT_KNOWN]
    assert known == (column != NOT_KNOWN)


@given(st.lists(st.binary(max_size=9), max_size=8), st.sampled_from([np.int32, np.int64]))
def test_sum_errors(texts, kind):
    errors = np.arange(256, dtype=np.uint64) ** 2
    rows = np.flatnonzero([len(text) % 3 for text in texts])
    sums = np.empty(len(rows), np.uint64)
    sum_errors(*bounded(texts, kind, gap=1), rows, errors, sums)
    assert sums.tolist() == [sum(byte**2 for byte in texts[row]) for row in rows]
