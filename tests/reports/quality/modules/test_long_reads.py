"""Hours, channels and lengths against quality, where names, descriptions or columns tell them."""

import math
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.reports.quality.modules.long_reads import LONG
from biometal_stream.view import BatchView

STEP = bs.QualityControl()
ONT = "runid=1 ch={} start_time=2024-01-01T{:02}:30:00Z"


def quality_of(columns):
    return STEP.finish(STEP.observe(BatchView(pa.record_batch(columns))))


def read(scores, **columns):
    text = "".join(chr(33 + score) for score in scores)
    return {"sequence": ["A" * len(text)], "quality": [text], **columns}


def test_channels_and_hours():
    quality = quality_of(
        {
            "name": ["a", "b", "c", "d"],
            "description": [ONT.format(7, 23), ONT.format(9, 22), ONT.format(7, 22), None],
            "sequence": ["AC", "ACGT", "A", "ACG"],
            "quality": ["++", "5555", "5", "III"],
        }
    )
    channels = quality.channels.to_pylist()
    assert [(each["channel"], each["reads"], each["bases"]) for each in channels] == [
        (7, 2, 3), (9, 1, 4),
    ]  # fmt: skip
    hours = quality.hours.to_pylist()
    assert [(each["hour"], each["start"], each["reads"]) for each in hours] == [
        (0, "2024-01-01T22:00Z", 2), (1, "2024-01-01T23:00Z", 1),
    ]  # fmt: skip
    assert [round(each["mean_quality"], 4) for each in hours] == [20.0, 10.0]
    error = (2 * 0.1 + 0.01) / 3
    assert channels[0]["mean_quality"] == pytest.approx(-10 * math.log10(error), abs=1e-6)


def test_columns_come_before_descriptions():
    time = datetime(2024, 5, 6, 7, 59, tzinfo=UTC)
    columns = {"name": ["a", "b"], "description": [ONT.format(1, 2)] * 2, "sequence": ["A", "C"]}
    for times in (pa.array([time, None]), pa.array([time.isoformat(), None])):
        quality = quality_of(columns | {"ch": pa.array([5, None], pa.int16()), "st": times})
        assert quality.channels.column("channel").to_pylist() == [5]
        assert quality.hours.column("start").to_pylist() == ["2024-05-06T07:00Z"]
        assert quality.hours.column("mean_quality").to_pylist() == [None]  # no qualities


def test_pacbio_names_give_columns_of_the_chip():
    quality = quality_of(read([30], name=["m64011_190830_220126/655361/ccs"]))
    assert quality.channels.column("channel").to_pylist() == [10]


@given(st.integers(0, 93), st.integers(LONG, 3 * LONG))
def test_a_read_of_one_score_has_that_quality(score, length):
    (found,) = quality_of(read([score] * length)).length_quality.to_pylist()
    assert found["quality"] == score
    assert found["first_length"] <= length <= found["last_length"]
    assert found["reads"] == 1


def test_lengths_are_in_steps_of_one_two_and_five():
    quality = quality_of(
        {
            "sequence": ["A" * n for n in (500, 1999, 10_000)],
            "quality": ["5" * n for n in (500, 1999, 10_000)],
        }
    )
    bounds = zip(
        *(quality.length_quality.column(f"{end}_length").to_pylist() for end in ("first", "last")),
        strict=True,
    )
    assert list(bounds) == [(500, 999), (1000, 1999), (10_000, 19_999)]


def test_short_reads_without_a_channel_are_not_counted():
    quality = quality_of(read([30] * (LONG - 1), name=["a"], description=["1:N:0:ACGT"]))
    assert quality.length_quality.num_rows == quality.channels.num_rows == 0


def test_times_long_ago_and_far_ahead():
    columns = read([30], name=["a"])
    for year in ("0001", "9999"):
        description = [f"start_time={year}-01-01T00:00:00Z"]
        quality = quality_of(columns | {"description": description})
        assert quality.hours.column("start").to_pylist() == [f"{year}-01-01T00:00Z"]
