"""Mean qualities by tile are what FastQC's definition gives."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.reports.quality.modules import tiles
from biometal_stream.view import BatchView

STEP = bs.QualityControl()


def table(rows, **columns):
    names = [name for name, _ in rows]
    scores = ["".join(chr(33 + score) for score in each) for _, each in rows]
    batch = pa.record_batch({"name": names, "quality": scores, **columns})
    return STEP.finish(STEP.observe(BatchView(batch)))


def illumina(tile):
    return f"A00123:10:HXX:1:{tile}:18518:48851"


scores = st.lists(st.integers(0, 41), min_size=1, max_size=4)
reads = st.lists(st.tuples(st.sampled_from([1101, 1102, 2101]), scores), min_size=1)


@given(reads)
def test_means_and_deviations(rows):
    found = table([(illumina(tile), scores) for tile, scores in rows]).tiles.to_pylist()
    means = {}
    for tile, cycle in {(tile, k) for tile, scores in rows for k in range(len(scores))}:
        own = [scores[cycle] for each, scores in rows if each == tile and len(scores) > cycle]
        means[str(tile), cycle + 1] = sum(own) / len(own)
    longest = max(len(scores) for _, scores in rows)
    assert len(found) == longest * len({tile for tile, _ in rows})
    for each in found:
        cycle = each["first_cycle"]
        assert each["last_cycle"] == cycle
        assert each["mean_quality"] == means.get((each["tile"], cycle))
        if each["mean_quality"] is not None:
            among = [mean for (_, other), mean in means.items() if other == cycle]
            average = sum(among) / len(among)
            assert each["deviation"] == pytest.approx(each["mean_quality"] - average, abs=1e-12)


def test_a_description_tells_where_the_name_does_not():
    quality = table(
        [("SRR1.1", [30]), ("SRR1.2", [20]), (illumina(1103), [10])],
        description=["M01472:285:000-C:1:1101:2:1 length=1", None, "M:1:0:1:1102:2:1"],
    )
    assert quality.tiles.column("tile").to_pylist() == ["1101", "1103"]


def test_field_of_view():
    quality = table([("V300078614L3C004R0180547478", [30]), ("V300078614L3C004R0181547478", [40])])
    (found,) = quality.tiles.to_pylist()
    assert tuple(found.values()) == ("reads", "C004R018", 1, 1, 2, 35.0, 0.0)


def test_tiles_that_are_too_many_are_counted(monkeypatch):
    monkeypatch.setattr(tiles, "MOST_TILES", 2)
    quality = table([(illumina(tile), [30]) for tile in (1103, 1102, 1101, 1103)])
    assert quality.tiles.column("tile").to_pylist() == ["1101", "1102"]
    assert quality.tile_totals.to_pylist() == [{"group": "reads", "tiles": 2, "left_out": 2}]
    parts = [table([(illumina(tile), [30])]) for tile in (1103, 1102, 1101, 1103)]
    assert sum(parts[1:], parts[0]) == quality


@pytest.mark.parametrize("columns", [["name"], ["quality"], []])
def test_no_table_without_names_or_qualities(columns):
    batch = pa.record_batch({"name": [illumina(1101)], "quality": ["I"]}).select(columns)
    quality = STEP.finish(STEP.observe(BatchView(batch)))
    assert quality.tiles.num_rows == quality.tile_totals.num_rows == 0


def test_empty_reads_have_no_cycles():
    assert table([(illumina(1101), [])]).tiles.num_rows == 0


def test_a_read_without_a_tile_adds_no_cycles():
    quality = table([(illumina(1101), [30]), ("x", [30, 30])])
    assert quality.state["reads"]["tiles"].values.shape == (1, 2, 2)


@given(st.lists(st.text("!#5I~", max_size=30) | st.just("5" * 1001), min_size=1, max_size=6))
def test_a_batch_of_one_tile_is_counted_as_one_of_several(qualities):
    def counted(names, texts):
        batch = pa.record_batch({"name": names, "quality": texts})
        return STEP.observe(BatchView(batch))["reads"]["tiles"]

    alone = counted([illumina(1101)] * len(qualities), qualities)
    several = counted([*[illumina(1101)] * len(qualities), illumina(1102)], [*qualities, ""])
    assert (alone.keys.tolist(), several.keys.tolist()) == ([1101], [1101, 1102])
    assert alone.values[0].tolist() == several.values[0].tolist()


def test_sums_of_many_reads_fit_64_bits(monkeypatch):
    rows = [(illumina(1101 + number % 3), [number % 40] * (number % 5)) for number in range(20)]
    at_once = table(rows)
    monkeypatch.setattr(tiles, "_MOST_READS", 7)
    assert table(rows) == at_once
    assert table(rows).state["reads"]["tiles"].values.dtype == "int64"
    assert at_once.state["reads"]["tiles"].values.dtype == "int64"
