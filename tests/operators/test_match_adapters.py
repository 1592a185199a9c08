"""Finding adapters by rules: the column, the actions, pairs, and both strands."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.view import BatchView
from tests.operators.plain import reverse_complement

ADAPTER = "AGATCGGAAGAGC"
READ = "TTGACCATGC"


def reads(*sequences, paired=False, descriptions=None):
    columns = {
        "name": [f"r{number}" for number in range(len(sequences))],
        "description": pa.array(descriptions or [None] * len(sequences), pa.string()),
        "sequence": list(sequences),
        "quality": ["".join(chr(35 + at % 40) for at in range(len(each))) for each in sequences],
    }
    batch = pa.RecordBatch.from_pydict(columns)
    if paired:
        mates = pa.array([1 + at % 2 for at in range(len(sequences))], pa.int8())
        batch = batch.append_column("mate", mates)
    return batch


def found(batch, **settings):
    return bs.MatchAdapters(**settings)(batch)


def values(batch, name="sequence"):
    return batch.column(name).to_pylist()


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("trim", READ),
        ("retain", READ + ADAPTER),
        ("crop", ADAPTER),
        ("mask", READ + "N" * 16),
        ("lowercase", READ + (ADAPTER + "CCC").lower()),
        ("none", READ + ADAPTER + "CCC"),
    ],
)
def test_actions(action, expected):
    batch = found(reads(READ + ADAPTER + "CCC", "ACGTACGTAC"), adapter=[ADAPTER], action=action)
    assert values(batch) == [expected, "ACGTACGTAC"]
    assert values(batch, "adapter") == ["1", None]
    assert [len(each) for each in values(batch, "quality")] == [len(expected), 10]
    if action == "crop":
        whole = values(reads(READ + ADAPTER + "CCC"), "quality")[0]
        assert values(batch, "quality")[0] == whole[10:23]


def test_lower_case_becomes_upper_case_with_lowercase_alone():
    batch = reads("acgtACGTnn")
    assert values(found(batch, adapter=[ADAPTER], action="lowercase")) == ["ACGTACGTNN"]
    assert values(found(batch, adapter=[ADAPTER], action="mask")) == ["acgtACGTnn"]


def test_adapters_have_names_or_numbers():
    """Numbers count the adapters without a name, those of mate 2 after those of mate 1."""
    batch = reads("GGGGGGGACC", "ACCTTTTTTT", "ACGTACGAAA", "TTCATCACCC", paired=True)
    batch = found(
        batch,
        front=["GGGGGGG", "tail=ACGTACG"],
        mate_anywhere=["TTTTTTT"],
        mate_adapter=["CATCACC"],
    )
    assert values(batch, "adapter") == ["1", "3", "tail", "2"]
    assert values(batch) == ["ACC", "ACC", "AAA", "TT"]
    assert batch.schema.field("adapter").type == pa.dictionary(pa.int32(), pa.string())


def test_of_several_that_are_removed_the_last_has_its_name_in_the_column():
    settings = {"front": ["five=GGCATTA"], "adapter": ["three=CATCACCG"], "column": "which"}
    batch = reads("GGCATTA" + READ + "CATCACCG", "GGCATTA" + READ)
    assert values(found(batch, times=2, **settings)) == [READ, READ]
    assert values(found(batch, times=2, **settings), "which") == ["five", "five"]
    assert values(found(batch, **settings)) == ["GGCATTA" + READ, READ]


def test_mates_have_their_own_adapters_and_none_if_none_is_given():
    batch = reads(READ + ADAPTER, READ + ADAPTER, paired=True)
    assert values(found(batch, adapter=[ADAPTER])) == [READ, READ + ADAPTER]
    assert values(found(batch, mate_adapter=[ADAPTER])) == [READ + ADAPTER, READ]


def test_orphans_have_the_adapters_of_their_mates():
    batch = reads(READ + ADAPTER, READ + ADAPTER, "CC" + READ, paired=True)
    view = BatchView(batch.set_column(4, "mate", pa.array([2, 1, 2], pa.int8()))).apart()
    trimmer = bs.TrimAdapters(mate_adapter=[ADAPTER], mate_front=["CCTTG"], min_overlap=3)
    starts, stops = trimmer.bounds(view)
    assert starts.tolist() == [0, 0, 5]
    assert stops.tolist() == [10, 23, 12]


def test_pair_adapters_are_removed_together_or_not_at_all():
    one, two, other = "GGGATTT", "CCCTAAA", "AATTCCC"
    batch = reads(
        *(one + READ, two + READ),
        *(one + READ, other + READ),
        *(other + READ, one + READ),
        paired=True,
    )
    settings = {"front": [one, f"b={other}"], "mate_front": [two, one], "pair_adapters": True}
    batch = found(batch, **settings)
    assert values(batch) == [READ, READ, one + READ, other + READ, READ, READ]
    assert values(batch, "adapter") == ["1", "2", None, None, "b", "3"]
    with pytest.raises(DataError, match="pair-adapters needs pairs"):
        found(reads(one + READ), **settings)


def test_the_other_strand_replaces_a_read_with_a_higher_score():
    batch = reads(
        ADAPTER + READ,
        reverse_complement(ADAPTER + READ),
        reverse_complement(ADAPTER + READ),
        READ,
        descriptions=["x", "a b", None, "rc"],
    )
    turned = found(batch, front=[ADAPTER], reverse=True)
    assert values(turned) == [READ] * 4
    assert values(turned, "description") == ["x", "a b rc", "rc", "rc"]
    assert values(turned, "quality")[1] == values(batch, "quality")[1][::-1][13:]
    assert values(turned, "adapter") == ["1", "1", "1", None]


def test_mates_are_exchanged_where_that_has_a_higher_score():
    batch = reads(READ, ADAPTER + "CCATG", ADAPTER + READ, "CCATG", paired=True)
    turned = found(batch, front=[ADAPTER], reverse=True)
    assert values(turned) == ["CCATG", READ, READ, "CCATG"]
    assert values(turned, "name") == ["r1", "r0", "r2", "r3"]
    assert values(turned, "mate") == [1, 2, 1, 2]
    assert values(turned, "description") == ["rc", "rc", None, None]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "give an adapter"),
        ({"adapter": ["ACZ"]}, "match-adapters: adapter: 'ACZ': 'Z' is not an IUPAC code"),
        ({"adapter": ["ACGT"], "column": ""}, "needs a name"),
        ({"adapter": ["ACGT"], "action": "crop", "times": 2}, "leave out times"),
        ({"adapter": ["ACGT"], "pair_adapters": True}, "as many adapters for mate 2"),
        (
            {"adapter": ["ACGT"], "mate_adapter": ["AC"], "pair_adapters": True, "times": 2},
            "removed once",
        ),
        (
            {"adapter": ["AC"], "mate_adapter": ["AC"], "pair_adapters": True, "reverse": True},
            "do not go together",
        ),
        ({"adapter": ["ACGT"], "kit": "truseq"}, "give a kit, adapters, or a file"),
        ({"adapter": ["ACGT"], "error_rate": -1.0}, "must be at least 0"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        bs.MatchAdapters(**settings)


def test_columns_of_whole_reads_are_refused_unless_reads_stay_as_they_are():
    batch = reads(READ).append_column("gc", pa.array([0.5]))
    assert values(found(batch, adapter=[ADAPTER], action="none"), "gc") == [0.5]
    with pytest.raises(SchemaError, match="'gc' describes the whole reads"):
        found(batch, adapter=[ADAPTER], action="mask")
    with pytest.raises(SchemaError, match="adapter"):
        found(found(reads(READ), adapter=[ADAPTER]), adapter=[ADAPTER])


def test_it_can_be_sent_to_other_machines_with_the_adapters_of_a_file(tmp_path):
    path = tmp_path / "adapters.fa"
    path.write_text(f">one\n{ADAPTER}\n>two/2\nTTTTTTT\n")
    operator = bs.MatchAdapters(adapters=str(path))
    sent = pickle.loads(pickle.dumps(operator))
    path.unlink()
    assert sent == operator
    assert sent.rules.names == ("one", "one", "two/2")
    assert values(sent(reads(READ + ADAPTER)), "adapter") == ["one"]


def test_reads_are_routed_by_adapter(tmp_path):
    fasta = tmp_path / "reads.fa"
    fasta.write_text(f">a\nACGTACGTTT\n>b\nCCATGGATTT\n>c\n{READ}\n>d\nACGTACGGGG\n")
    line = "read", fasta, "match-adapters", "--front", "x=^ACGTACG", "--front", "y=^CCATGGA"
    out = "write", tmp_path / "{adapter}.fa", "--quiet"
    assert main([str(word) for word in (*line, *out)]) == 0
    assert (tmp_path / "x.fa").read_text() == ">a\nTTT\n>d\nGGG\n"
    assert (tmp_path / "y.fa").read_text() == ">b\nTTT\n"
    assert {path.name for path in tmp_path.iterdir()} >= {"x.fa", "y.fa"}
    where = "where", "not is_null(adapter)"
    kept = tmp_path / "kept.fa"
    assert main([str(word) for word in (*line, *where, "write", kept, "--quiet")]) == 0
    assert kept.read_text().count(">") == 3


def test_the_report_counts_adapters(tmp_path):
    fasta = tmp_path / "reads.fa"
    fasta.write_text(f">a\n{READ}{ADAPTER}\n>b\n{READ}\n>c\n{READ}{ADAPTER}\n")
    pipeline = bs.read(str(fasta)) | bs.MatchAdapters(adapter=[f"truseq={ADAPTER}"])
    report = pipeline.write_parquet(str(tmp_path / "out.parquet"))
    assert report.results["match-adapters"].counts == {"truseq": 2}


def test_names_of_pairs_are_those_of_mate_1_or_of_both_mates():
    one, two, other = "ACGTACGT", "GGCCTTAA", "TGATCATG"
    batch = reads(
        *(one + READ, two + READ),
        *(other + READ, READ),
        *(READ, two + READ),
        *(READ, READ),
        paired=True,
    )
    settings = {"front": [f"a={one}", f"b={other}"], "mate_front": [f"c={two}"]}
    names = {
        "own": ["a", "c", "b", None, None, "c", None, None],
        "first": ["a", "a", "b", "b", None, None, None, None],
        "both": ["a-c", "a-c", "b-unknown", "b-unknown", "unknown-c", "unknown-c", None, None],
    }
    for way, expected in names.items():
        marked = found(batch, pair_names=way, **settings)
        assert values(marked, "adapter") == expected
        assert values(marked) == values(found(batch, **settings))


@pytest.mark.parametrize("way", ["own", "first", "both"])
def test_names_of_pairs_leave_single_reads_alone(way):
    batch = reads(READ + ADAPTER, READ)
    assert values(found(batch, adapter=[ADAPTER], pair_names=way), "adapter") == ["1", None]
    merged = reads(READ + ADAPTER, ADAPTER + READ, READ).append_column(
        "mate", pa.array([None, 1, 2], pa.int8())
    )
    expected = {"own": ["1", "1", None], "first": ["1"] * 3, "both": ["1", "1-unknown"]}[way]
    expected += expected[1:] * (3 - len(expected))
    assert values(found(merged, anywhere=[ADAPTER], pair_names=way), "adapter") == expected


@pytest.mark.parametrize(
    ("way", "names"), [("first", {"a", "unknown"}), ("both", {"a-c", "unknown-c"})]
)
def test_pairs_are_written_by_their_adapters(tmp_path, way, names):
    one, two = "ACGTACGT", "GGCCTTAA"
    for mate, lines in ((1, (one + READ, READ)), (2, (two + READ, two + READ))):
        records = [f"@r{at}\n{each}\n+\n{'I' * len(each)}\n" for at, each in enumerate(lines)]
        (tmp_path / f"{mate}.fq").write_text("".join(records))
    target = tmp_path / "{adapter}_R{mate}.fq"
    line = ["read", f"{tmp_path}/1.fq", "--mate", f"{tmp_path}/2.fq", "match-adapters"]
    line += ["--front", f"a={one}", "--mate-front", f"c={two}", "--pair-names", way]
    assert main([*line, "write", str(target), "--quiet"]) == 0
    written = {path.name for path in tmp_path.glob("*_R?.fq")}
    assert written == {f"{name}_R{mate}.fq" for name in names for mate in (1, 2)}
