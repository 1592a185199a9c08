"""Large tables become short ones, by rules that keep the sums."""

import json
import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.reports.page.island import note
from biometal_stream.reports.page.ranges import in_ranges
from biometal_stream.reports.page.thinning import packed, packed_table, shortened, thinned
from biometal_stream.reports.quality.cycles import first_cycles
from tests.reports.page.documents import unpacked

LENGTHS = ("reads", "lengths", "reads")


@given(st.lists(st.sampled_from([0, 1, None, "a"])) | st.lists(st.integers(-2, 3)))
def test_packed_columns_hold_the_same_cells(cells):
    assert unpacked(packed(cells)) == cells
    assert len(json.dumps(packed(cells))) <= len(json.dumps(cells)) + 16


def test_cycles_and_scores_take_few_bytes():
    cycles = [cycle for cycle in range(1, 301) for _ in range(38)]
    scores = list(range(2, 40)) * 300
    table = {"first_cycle": cycles, "last_cycle": cycles, "quality": scores}
    made = packed_table(table)
    assert made["last_cycle"] == "first_cycle"
    assert unpacked(made["quality"]) == scores
    assert unpacked(made["first_cycle"]) == cycles
    assert len(json.dumps(made)) < 10_000


@given(st.dictionaries(st.integers(0, 50_000), st.integers(1, 9), min_size=1), st.integers(16, 99))
def test_lengths_are_added_up_in_ranges(counts, limit):
    keys = sorted(counts)
    columns = {"length": keys, "reads": [counts[key] for key in keys]}
    opened = thinned({LENGTHS: columns}, 10**9).tables[LENGTHS]
    for made in (opened, shortened("lengths", opened, limit)):
        assert sum(made["reads"]) == sum(counts.values())
        assert made["length"] == sorted(set(made["length"]))
        ranges = list(zip(made["length"], made["last"], strict=True))
        for number, (first, last) in zip(made["reads"], ranges, strict=True):
            assert number == sum(times for key, times in counts.items() if first <= key <= last)
        assert all(last < first for (_, last), (first, _) in pairwise(ranges))
    assert len(shortened("lengths", opened, limit)["reads"]) <= limit


def test_short_lengths_stay_as_they_are():
    columns = {"length": [35, 36, 90], "reads": [1, 5, 2]}
    made = thinned({LENGTHS: columns}, 10**9)
    assert made.tables[LENGTHS] == {**columns, "last": [35, 36, 90]}
    assert not made.shown
    assert note(made, ("lengths",)) == ""


def test_a_budget_holds_and_is_told():
    rows = 40 * 300
    tiles = {
        "tile": [str(1101 + row // 300) for row in range(rows)],
        "first_cycle": [1 + row % 300 for row in range(rows)],
        "mean_quality": [30 + row / 7 for row in range(rows)],
    }
    key = ("before", "tiles", "mate 1")
    made = thinned({key: tiles}, 20_000)
    size = len(json.dumps(packed_table(made.tables[key])))
    assert size < 25_000  # with spaces
    rows_shown = list(zip(*(made.tables[key][name] for name in tiles), strict=True))
    exact = {
        (tile, cycle): quality
        for tile, cycle, quality in zip(*(tiles[name] for name in tiles), strict=True)
    }
    assert all(abs(exact[tile, cycle] - quality) < 0.01 for tile, cycle, quality in rows_shown)
    kept_tiles, kept_cycles = ({row[at] for row in rows_shown} for at in (0, 1))
    assert len(rows_shown) == len(kept_tiles) * len(kept_cycles)
    assert {1, 300} <= kept_cycles
    assert f"{len(rows_shown):,} of 12,000 rows" in note(made, ("tiles",))


def test_some_of_very_many_tiles_are_enough_for_any_budget():
    tiles, cycles = 700, 60
    rows = [(tile, cycle) for tile in range(tiles) for cycle in range(cycles)]
    table = {
        "tile": [str(1000 + tile) for tile, _ in rows],
        "first_cycle": [1 + cycle for _, cycle in rows],
        "mean_quality": [30.0] * len(rows),
    }
    key = ("before", "tiles", "reads")
    made = thinned({key: table}, 10**9)
    shown, of = made.shown[key]
    assert (shown, of) == (141 * cycles, tiles * cycles)
    names = made.tables[key]["tile"]
    assert (names[0], names[-1]) == ("1000", str(999 + tiles))
    assert len(set(names)) == 141


def test_numbers_that_json_does_not_have_are_null():
    columns = {"column": ["p", "q"], "mean": [float("nan"), float("-inf")]}
    key = ("reads", "numbers", "reads")
    assert thinned({key: columns}, 10**9).tables[key]["mean"] == [None, None]


def per_cycle(cycles, scores):
    """Tables of reads with some scores: (bins, scores) of bases, all of them A."""
    edges = first_cycles(len(scores))
    bases = [sum(row) for row in scores]
    means = [sum(q * n for q, n in enumerate(row)) / max(1, sum(row)) for row in scores]
    columns = {
        "first_cycle": edges[:-1].tolist(),
        "last_cycle": (edges[1:] - 1).tolist(),
        "bases": bases,
        "a": bases,
        **{name: [0] * len(scores) for name in ("c", "g", "t", "n", "other")},
        "mean_quality": means,
        **dict.fromkeys(
            ("percentile_10", "lower_quartile", "median", "upper_quartile", "percentile_90"),
            [0] * len(scores),
        ),
        "quality_a": means,
        **{f"quality_{letter}": [None] * len(scores) for letter in "cgt"},
    }
    cells = [(b, q, n) for b, row in enumerate(scores) for q, n in enumerate(row) if n]
    qualities = {
        "first_cycle": [int(edges[b]) for b, _, _ in cells],
        "last_cycle": [int(edges[b + 1]) - 1 for b, _, _ in cells],
        "quality": [q for _, q, _ in cells],
        "bases": [n for _, _, n in cells],
    }
    return {
        ("reads", "per_cycle", "reads"): columns,
        ("reads", "qualities_by_cycle", "reads"): qualities,
    }


@settings(max_examples=20)
@given(st.integers(1100, 1400), st.integers(0, 2**32))
def test_cycles_of_long_reads_are_joined(bins, seed):
    draw = random.Random(seed)
    scores = [[draw.randint(0, 5) for _ in range(4)] for _ in range(bins)]
    scores[0][0] = 1
    tables = per_cycle(bins, scores)
    made = in_ranges(tables)
    joined, before = (each["reads", "per_cycle", "reads"] for each in (made, tables))
    assert sum(joined["bases"]) == sum(before["bases"]) == sum(map(sum, scores))
    assert joined["first_cycle"][0] == 1
    assert joined["last_cycle"][-1] == before["last_cycle"][-1]
    assert len(joined["bases"]) < 250
    qualities = made["reads", "qualities_by_cycle", "reads"]
    place = draw.randrange(len(joined["bases"]))
    first, last = joined["first_cycle"][place], joined["last_cycle"][place]
    inside = [b for b, start in enumerate(before["first_cycle"]) if first <= start <= last]
    flat = sorted(q for b in inside for q, n in enumerate(scores[b]) for _ in range(n))
    assert joined["bases"][place] == len(flat)
    if flat:
        assert abs(joined["mean_quality"][place] - sum(flat) / len(flat)) < 1e-9
        assert abs(joined["quality_a"][place] - sum(flat) / len(flat)) < 1e-9
        assert joined["median"][place] == flat[max(1, len(flat) // 2) - 1]
    shown = {
        quality: number
        for start, quality, number in zip(
            qualities["first_cycle"], qualities["quality"], qualities["bases"], strict=True
        )
        if start == first
    }
    assert shown == {quality: flat.count(quality) for quality in set(flat)}


def test_cycles_of_short_reads_stay_as_they_are():
    tables = per_cycle(300, [[0, 1, 2]] * 300)
    assert in_ranges(tables) == tables
