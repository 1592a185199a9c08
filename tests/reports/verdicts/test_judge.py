"""Pass, warn and fail, of tables made for the purpose."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.reports.verdicts import modules
from biometal_stream.reports.verdicts.judge import verdicts
from tests.reports.fastqc.simulated import simulated
from tests.reports.runs import Shown

TOTALS = {"reads": 1000, "max_length": 100, "mean_quality": None}


def quality_of(**tables):
    """A result with these tables, for the group ``reads``; each is a mapping of columns."""
    made = {}
    for name, columns in tables.items():
        rows = len(next(iter(columns.values())))
        made[name] = pa.table({"group": ["reads"] * rows, **columns})
    made.setdefault("totals", pa.table({"group": ["reads"], **totals()}))
    return Shown(made)


def qualities(*scores):
    """All bases of a cycle have the same score."""
    cycles = list(range(1, len(scores) + 1))
    return {
        "first_cycle": cycles,
        "last_cycle": cycles,
        "quality": list(scores),
        "bases": [1000] * len(scores),
    }


def letters(*cycles):
    """Counts of A, C, G, T and N by cycle."""
    numbers = list(range(1, len(cycles) + 1))
    columns = {
        name: list(each) for name, each in zip("acgtn", zip(*cycles, strict=True), strict=True)
    }
    bases = [sum(cycle) for cycle in cycles]
    return {"first_cycle": numbers, "last_cycle": numbers, "bases": bases, **columns}


def totals(**columns):
    return {name: [value] for name, value in {**TOTALS, **columns}.items()}


def judged(assay, module, **tables):
    """The level, the value and the reason of a module."""
    found = {each.module: each for each in verdicts(quality_of(**tables), assay)}
    verdict = found.get(module)
    return None if verdict is None else (verdict.level, verdict.value, verdict.reason)


@pytest.mark.parametrize(
    ("median", "level"), [(30, "pass"), (25, "pass"), (24, "warn"), (20, "warn"), (19, "fail")]
)
def test_quality_by_cycle(median, level):
    tables = {"qualities_by_cycle": qualities(37, 37, median)}
    found = judged("fastqc", modules.BASE_QUALITY, totals=totals(max_length=3), **tables)
    assert found[0] == level


def test_a_reason_says_where_and_how_far():
    tables = {"qualities_by_cycle": qualities(37, 12, 37), "totals": totals(max_length=3)}
    assert judged("fastqc", modules.BASE_QUALITY, **tables) == (
        "fail",
        12.0,
        "The median quality in cycle 2 is 12; the limit is 20.",
    )


def test_a_pass_says_what_was_found():
    tables = {"per_read_quality": {"quality": [20, 36], "reads": [1, 9]}}
    assert judged("wgs", modules.READ_QUALITY, **tables) == (
        "pass",
        36.0,
        "The most frequent mean quality of a read is 36.",
    )


def test_none_is_said_in_words():
    sequences = {"sequence": pa.array([], pa.string()), "percent": pa.array([], pa.float64())}
    assert judged("wgs", modules.OVERREPRESENTED, overrepresented=sequences) == (
        "pass",
        0.0,
        "No sequence makes up more than 0.1 % of the reads.",
    )


def test_a_value_is_not_rounded_to_its_limit():
    tables = {"duplication_totals": {"remaining_percent": [69.996], "reads": [1000]}}
    level, _, reason = judged("fastqc", modules.DUPLICATION, **tables)
    assert level == "warn"
    assert reason == "69.996 % of the reads remain after deduplication; the limit is 70."


@pytest.mark.parametrize(("quality", "level"), [(28, "pass"), (27, "warn"), (20, "fail")])
def test_the_most_frequent_quality_may_not_reach_the_limit(quality, level):
    tables = {"per_read_quality": {"quality": [quality], "reads": [5]}}
    assert judged("fastqc", modules.READ_QUALITY, **tables)[0] == level


def test_content_at_the_start_is_not_judged_of_rna():
    biased, even = (400, 100, 400, 100, 0), (250, 250, 250, 250, 0)
    tables = {"per_cycle": letters(*[biased] * 15, *[even] * 5), "totals": totals(max_length=20)}
    assert judged("fastqc", modules.CONTENT, **tables)[0] == "fail"
    assert judged("rna", modules.CONTENT, **tables)[0] == "pass"
    assert judged("amplicon", modules.CONTENT, **tables) is None
    tables["per_cycle"] = letters(*[even] * 19, biased)
    assert judged("rna", modules.CONTENT, **tables)[0] == "fail"


def test_cycles_that_few_reads_reach_are_not_judged_but_by_fastqc():
    end = (5, 0, 0, 0, 4)
    tables = {"per_cycle": letters((250, 250, 250, 250, 0), end), "totals": totals(max_length=2)}
    assert judged("fastqc", modules.N, **tables)[0] == "fail"
    assert judged("any", modules.N, **tables)[:2] == ("pass", 0.0)


def test_lengths():
    different = {"lengths": {"length": [50, 100], "reads": [10, 990]}}
    assert judged("fastqc", modules.LENGTHS, **different)[0] == "warn"
    assert judged("wgs", modules.LENGTHS, **different)[0] == "pass"
    empty = {"lengths": {"length": [0, 100], "reads": [10, 990]}}
    assert judged("fastqc", modules.LENGTHS, **empty)[0] == "fail"
    assert judged("wgs", modules.LENGTHS, **empty) == (
        "warn",
        10,
        "Reads without bases: 10; the limit is 0.",
    )
    assert judged("small-rna", modules.LENGTHS, lengths={"length": [12, 22], "reads": [3, 7]})[
        :2
    ] == (
        "warn",
        30.0,
    )


def adapters(**percent):
    names = list(percent)
    return {
        "adapter": [name.replace("_", " ") for name in names],
        "first_cycle": [1] * len(names),
        "last_cycle": [1] * len(names),
        "percent": [float(each) for each in percent.values()],
    }


def test_adapters():
    tables = {"adapters": adapters(Illumina_Universal_Adapter=60, PolyA=3, PolyG=0)}
    assert judged("fastqc", modules.ADAPTERS, **tables)[0] == "fail"
    assert judged("any", modules.ADAPTERS, **tables)[0] == "warn"
    assert judged("wgs", modules.ADAPTERS, **tables)[0] == "fail"
    assert judged("small-rna", modules.ADAPTERS, **tables)[0] == "pass"  # of poly-G


def test_poly_a_is_no_adapter_of_rna():
    tables = {"adapters": adapters(Illumina_Universal_Adapter=0, PolyA=30)}
    assert judged("rna", modules.ADAPTERS, **tables)[0] == "pass"
    assert judged("fastqc", modules.ADAPTERS, **tables)[0] == "fail"


def test_adapters_of_other_platforms_are_not_fastqcs():
    tables = {"adapters": adapters(ONT_Ligation_Adapter=30)}
    assert judged("ont", modules.ADAPTERS, **tables)[0] == "warn"
    assert judged("fastqc", modules.ADAPTERS, **tables)[0] == "pass"


def tiles(*deviations, bases=200):
    """Two cycles in a group, of a tile for each deviation."""
    rows = len(deviations)
    return {
        "tile": [str(1101 + row) for row in range(rows)],
        "first_cycle": [1] * rows,
        "last_cycle": [2] * rows,
        "bases": [bases] * rows,
        "mean_quality": [30.0 + each for each in deviations],
        "deviation": list(deviations),
    }


def test_tiles():
    tables = {"tiles": tiles(-12.0, 6.0, 6.0)}
    level, value, reason = judged("any", modules.TILES, **tables)
    assert (level, value) == ("fail", 12.0)
    assert reason == (
        "The mean quality of tile 1101 in cycles 1-2 differs by 12 on average from that of all"
        " tiles; the limit is 10."
    )


def test_a_tile_of_few_reads_is_judged_by_fastqc_alone():
    tables = {"tiles": tiles(-12.0, 6.0, 6.0)}
    tables["tiles"]["bases"][0] = 199
    assert judged("any", modules.TILES, **tables)[:2] == ("warn", 6.0)
    few = {"tiles": tiles(-12.0, 6.0, 6.0, bases=199)}
    assert judged("any", modules.TILES, **few) is None
    assert judged("fastqc", modules.TILES, **few)[0] == "fail"


def test_what_few_reads_make_by_chance_is_judged_by_fastqc_alone():
    gc = {"reads": [10.0, 20.0], "theoretical": [20.0, 10.0]}
    for reads, module, tables in (
        (4999, modules.GC, {"per_read_gc": gc}),
        (999, modules.OVERREPRESENTED, {"overrepresented": {"sequence": ["A"], "percent": [3.0]}}),
        (1000, modules.CONTENT, {"per_cycle": letters(*[(499, 100, 300, 100, 0)] * 20)}),
    ):
        more = {"totals": totals(reads=reads, max_length=20), **tables}
        assert judged("fastqc", module, **more)[0] in {"warn", "fail"}
        assert judged("wgs", module, **more) is None
        if module == modules.CONTENT:
            more["per_cycle"]["a"] = [500] * 20
        more["totals"] = totals(reads=reads + 1, max_length=20)
        assert judged("wgs", module, **more)[0] in {"warn", "fail"}


def test_adapters_are_averaged_by_fastqc_alone():
    cycles = list(range(1, 122))
    rising = {
        "adapter": ["Illumina Universal Adapter"] * 121,
        "first_cycle": cycles,
        "last_cycle": cycles,
        "percent": [cycle / 4 for cycle in cycles],
    }
    _, value, reason = judged("wgs", modules.ADAPTERS, adapters=rising)
    assert value == 30.25
    assert reason == "30.2 % of the reads contain Illumina Universal Adapter; the limit is 20."
    _, value, reason = judged("fastqc", modules.ADAPTERS, adapters=rising)
    assert value == 30.125
    assert "30.1 % of the reads contain Illumina Universal Adapter by cycles 120-121" in reason


def test_overrepresented_sequences():
    tables = {"overrepresented": {"sequence": ["ACGT"], "percent": [0.2]}}
    assert judged("fastqc", modules.OVERREPRESENTED, **tables)[0] == "warn"
    assert judged("wgs", modules.OVERREPRESENTED, **tables)[0] == "pass"
    assert judged("16s", modules.OVERREPRESENTED, **tables) is None


def test_kmers():
    tables = {"kmers": {"kmer": ["GATTACA"], "p_value": [0.0], "max_obs_exp": [9.0]}}
    assert judged("fastqc", modules.KMERS, **tables)[0] == "fail"
    assert judged("wgs", modules.KMERS, **tables) is None


def test_an_unknown_assay():
    with pytest.raises(ValueError, match="unknown assay 'exome': use one of any, fastqc, wgs"):
        verdicts(quality_of(), "exome")


@pytest.mark.parametrize("assay", ["any", "wgs", "rna", "ont", "small-rna", "16s", "amplicon"])
def test_nothing_is_judged_without_reads(tmp_path, assay):
    path = tmp_path / "none.fastq"
    path.write_text("")
    report = (bs.read_fastq(path) | bs.QualityControl()).write_arrow(tmp_path / "x.arrow")
    (quality,) = report.quality.values()
    assert verdicts(quality, assay) == ()


def test_each_mate_is_judged(tmp_path):
    names = [tmp_path / f"reads_{mate}.fastq" for mate in (1, 2)]
    names[0].write_text(simulated(200))
    names[1].write_text(simulated(200).replace(" 1:N:0", " 2:N:0"))
    pipeline = bs.read_fastq(names[0], mate=names[1]) | bs.QualityControl()
    (quality,) = pipeline.write_arrow(tmp_path / "x.arrow").quality.values()
    groups = [verdict.group for verdict in verdicts(quality)]
    assert groups == ["mate 1"] * (len(groups) // 2) + ["mate 2"] * (len(groups) // 2)
    assert groups
