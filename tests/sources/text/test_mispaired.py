"""Files that are not mates: told so, by whatever way they are read."""

import os
import random
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.errors import PairError
from biometal_stream.sources.fastq.partitions.partition import FastqPartition
from biometal_stream.sources.fastq.source import FastqSource
from tests.sources.fastq.partitions.whole import error_of
from tests.stand_ins import Collect

COUNT = 40


def reads(headers: list[str], seed: int) -> list[str]:
    """Records with sequences that differ."""
    draw = random.Random(seed)
    return [
        f"@{header}\n{''.join(draw.choices('ACGT', k=30))}\n+\n{'I' * 29}{'5AF#'[n % 4]}\n"
        for n, header in enumerate(headers)
    ]


def numbered(form: str, first: int = 0, count: int = COUNT) -> list[str]:
    return [form.format(number) for number in range(first, first + count)]


class Files:
    """Two files of mates, or one in which they take turns, read in each mode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, ones: list[str], twos: list[str]) -> None:
        (self._folder / "1.fq").write_text("".join(ones))
        (self._folder / "2.fq").write_text("".join(twos))
        both = chain.from_iterable(zip(ones, twos, strict=False))
        (self._folder / "both.fq").write_text("".join(both))

    def source(self, *, interleaved: bool = False, **settings: object) -> FastqSource:
        if interleaved:
            return FastqSource((self._folder / "both.fq",), interleaved=True, **settings)
        return FastqSource((self._folder / "1.fq",), mate=(self._folder / "2.fq",), **settings)

    def error(self, *, interleaved: bool = False, tolerant: bool = True, **settings: object) -> str:
        """What strict reading says; tolerant modes and parts say it too."""
        source = self.source(interleaved=interleaved, **settings)
        with pytest.raises(PairError) as raised:
            bs.Pipeline(source).run(Collect())
        error = str(raised.value)
        assert error_of(source.partitions(400)) == f"PairError {error}"
        if tolerant:
            skipping = self.source(interleaved=interleaved, on_bad_record="skip", **settings)
            with pytest.raises(PairError) as raised:
                bs.Pipeline(skipping).run(Collect())
            assert str(raised.value) == error
        return error.replace(str(self._folder), "")

    def names(self, *, interleaved: bool = False, orphan: int = 0) -> list[str]:
        """The names of mates 1, which every way of reading gives."""
        source = self.source(interleaved=interleaved)
        skipping = self.source(interleaved=interleaved, on_bad_record="skip")
        if orphan:
            with pytest.warns(bs.InputWarning, match="without their mate"):
                kept, counts = names_of(skipping)
            assert counts == {"reads without their mate": orphan}
            return kept
        kept, _ = names_of(skipping)
        parts = [name for part in source.partitions(400) for name in names_of(part)[0]]
        assert names_of(source)[0] == parts == kept
        return kept


def names_of(source: FastqSource | FastqPartition) -> tuple[list[str], dict[str, int]]:
    sink = Collect()
    report = bs.Pipeline(source).run(sink)
    names = [name for batch in sink.got for name in batch.column("name").to_pylist()]
    return names[0::2], dict(report.counts)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


both = pytest.mark.parametrize("interleaved", [False, True])


@both
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("r{}/2", "r{}/1"),
        ("r{} 2:N:0:ATC", "r{} 1:N:0:ATC"),
        ("E.{0} x{0}/2", "E.{0} x{0}/1"),
        ("S.{0} x:{0} 2:N:0:ATC length=4", "S.{0} x:{0} 1:N:0:ATC length=4"),
    ],
)
def test_mates_that_are_swapped(files: Files, one: str, two: str, interleaved: bool) -> None:
    files.write(reads(numbered(one), 1), reads(numbered(two), 2))
    error = files.error(interleaved=interleaved)
    assert "record 1, line 1, byte 0: the mates are swapped" in error
    assert ("mate 1 must come first" if interleaved else "exchange the two files") in error


@pytest.mark.parametrize("separator", ["_", "."])
def test_mates_that_are_swapped_behind_a_dot(files: Files, separator: str) -> None:
    ones, twos = (reads(numbered(f"r{{}}x{separator}{mate}"), mate) for mate in (2, 1))
    files.write(ones, twos)
    assert "the mates are swapped" in files.error(tolerant=False)
    with pytest.raises(PairError, match="the mates are swapped"):
        list(files.source(on_bad_record="skip").batches())


@both
@pytest.mark.parametrize(
    ("header", "mate"),
    [
        ("r{}/1", 1),
        ("r{}/2", 2),
        ("r{} 1:N:0:ATC", 1),
        ("r{} 2:Y:0:A", 2),
        ("E.{0} x{0}/1", 1),
        ("S.{0} x:{0} 1:N:0:ATC", 1),
    ],
)
def test_one_mate_in_both(files: Files, header: str, mate: int, interleaved: bool) -> None:
    files.write(reads(numbered(header), 1), reads(numbered(header), 2))
    assert f"both reads are mate {mate}" in files.error(interleaved=interleaved)


@pytest.mark.parametrize(
    ("mark", "shown"),
    [
        (" {}:N:0:ACGTACGT+TTGACCAG", "67890 {}:N:0:"),
        ("/{}", "67890/{}'"),
        ("/{} ERR1.5", "67890/{} ERR1.5'"),
        ("\t{}:Y:18:1", "67890\\t{}:Y:18:1'"),
    ],
)
def test_marks_far_behind_are_shown(files: Files, mark: str, shown: str) -> None:
    names = numbered("LH00123:45:22ABCDLT3:1:1101:12345:{}678901234567890")
    for one, two in ((2, 1), (1, 1), (2, 2)):
        ones, twos = ([name + mark.format(mate) for name in names] for mate in (one, two))
        files.write(reads(ones, 1), reads(twos, 2))
        error = files.error(tolerant=False)
        assert error.count(shown.format(one)) == 1 + (one == two), error
        assert error.count(shown.format(two)) == 1 + (one == two), error


def test_one_file_that_is_marked_wrongly(files: Files) -> None:
    for one, two in (("r{} 2:N:0:A", "r{}"), ("r{}", "r{} 1:N:0:A")):
        files.write(reads(numbered(one), 1), reads(numbered(two), 2))
        assert "but is in the place of mate" in files.error()


@both
def test_marks_that_contradict_far_behind(files: Files, interleaved: bool) -> None:
    """As of lanes that were put together in another order."""
    ones = numbered("r{} 1:N:0:A", count=300) + numbered("s{} 2:N:0:A", count=5)
    twos = numbered("r{} 2:N:0:A", count=300) + numbered("s{} 1:N:0:A", count=5)
    files.write(reads(ones, 1), reads(twos, 2))
    for columns in (None, ("sequence",)):
        error = files.error(interleaved=interleaved, tolerant=False, columns=columns)
        assert f"record {601 if interleaved else 301}, " in error
        assert "the mates are swapped" in error
    assert len(files.names(interleaved=interleaved, orphan=10)) == 300


@both
@pytest.mark.parametrize("header", ["r{}", "SRR1.{0} {0} length=30", "r{} 3:N:0:A", "r{}.1"])
def test_a_copy_in_the_place_of_the_mates(files: Files, header: str, interleaved: bool) -> None:
    copy = reads(numbered(header), 1)
    files.write(copy, copy)
    error = files.error(interleaved=interleaved)
    words = "each read is repeated" if interleaved else "2.fq holds the same reads; name the file"
    assert words in error
    assert words in files.error(interleaved=interleaved, columns=("name",))


@both
@pytest.mark.parametrize(
    ("ones", "twos"),
    [
        (["@r\nAAAA\n+\nIIII\n"] * 9, ["@r\nAAAA\n+\nIIII\n"] * 9),  # nothing in them
        (numbered("@r{}\nNN\n+\n##\n"), numbered("@r{}\nNN\n+\n##\n")),
        (numbered("@r{}/1\nACG\n+\nIII\n"), numbered("@r{}/2\nACG\n+\nIII\n")),
        (reads(numbered("E.{0} x{0}/1"), 1), reads(numbered("E.{0} x{0}/2"), 1)),
        (reads(["a", "b"], 1), reads(["a", "b"], 1)),  # too few to tell
        (reads(numbered("r{} 1/2"), 1), reads(numbered("r{} 1/2"), 2)),  # one of two of what?
        ([*reads(["a", "b"], 1), "@c\nAC\n+\nII\n"], [*reads(["a", "b"], 1), "@c\nAC\n+\nI5\n"]),
    ],
)
def test_what_is_no_copy(files: Files, ones: list[str], twos: list[str], interleaved: bool) -> None:
    files.write(ones, twos)
    assert len(files.names(interleaved=interleaved)) == len(ones)


def test_spots_are_not_mates(files: Files) -> None:
    files.write(reads(["SRR1.1 1", "SRR1.3 3"], 1), reads(["SRR1.2 2", "SRR1.3 3"], 2))
    error = files.error(tolerant=False)
    assert "'@SRR1.1 1' and '@SRR1.2 2' of /2.fq" in error
    assert (
        "are not mates: '.1' and '.2' number reads here, since not all names end like this" in error
    )
    assert files.names(orphan=2) == ["SRR1.3"]


def test_a_lost_spot_makes_no_pair_of_its_neighbours(files: Files) -> None:
    ones, twos = (reads(numbered("SRR1.{0} {0}", first), first) for first in (1, 2))
    files.write(ones, twos)
    assert "'.1' and '.2' number reads here" in files.error(tolerant=False)
    assert files.names(orphan=2) == [f"SRR1.{n}" for n in range(2, COUNT + 1)]


@both
def test_one_pair_alone_shows_nothing(files: Files, interleaved: bool) -> None:
    files.write(reads(["x_1"], 1), reads(["x_2"], 2))
    error = files.error(interleaved=interleaved, tolerant=False)
    assert "one pair alone does not show whether '_1' and '_2' mark mates or number reads" in error
    assert "end their names in '/1' and '/2'" in error


@both
@pytest.mark.parametrize("separator", ["/", ".", "_"])
def test_marks_that_files_show(files: Files, separator: str, interleaved: bool) -> None:
    ones, twos = (reads(numbered(f"SRR1.{{}}{separator}{mate}"), mate) for mate in (1, 2))
    files.write(ones, twos)
    names = numbered(f"SRR1.{{}}{separator}1")
    assert files.names(interleaved=interleaved) == names
    files.write(ones[1:], twos)
    assert files.names(orphan=1) == names[1:]


@both
def test_what_is_shown_holds_for_the_whole_lane(files: Files, interleaved: bool) -> None:
    ones, twos = (numbered(f"a{{}}.{mate}", count=300) for mate in (1, 2))
    files.write(reads([*ones, "SRR1.7"], 1), reads([*twos, "SRR1.7"], 2))
    error = files.error(interleaved=interleaved, tolerant=False)
    assert "both names end in '.7', but '.1' and '.2' mark the mates in the first names" in error
    assert len(files.names(interleaved=interleaved, orphan=2)) == 300
    files.write(reads([*ones, "b/1", "c"], 1), reads([*twos, "b/2", "c"], 2))
    assert files.names(interleaved=interleaved)[-2:] == ["b/1", "c"]


@both
def test_a_mark_on_one_side_alone_ends(files: Files, interleaved: bool) -> None:
    """Names that are alike but for a mark that only one has were once compared for ever."""
    files.write(reads(["a/1", "b"], 1), reads(["a", "b"], 2))
    assert "their names differ" in files.error(interleaved=interleaved, tolerant=False)
    assert files.names(interleaved=interleaved, orphan=2) == ["b"]


def test_a_read_that_is_there_twice_costs_no_pair(files: Files, tmp_path: Path) -> None:
    ones, twos = (reads(numbered(f"r{{}}/{mate}"), mate) for mate in (1, 2))
    files.write(ones, twos)
    text = (tmp_path / "both.fq").read_text()
    (tmp_path / "both.fq").write_text(text + ones[-1] + text.replace("@r", "@s"))
    assert len(files.names(interleaved=True, orphan=1)) == 2 * COUNT


def test_names_that_differ_far_behind(files: Files) -> None:
    name = "AV240405:PQ16R022:2425473690:1:10102:0032:0"
    files.write(reads([f"{name}152 1:N:0"], 1), reads([f"{name}199 2:N:0"], 2))
    error = files.error(tolerant=False)
    assert (
        "...'2:2425473690:1:10102:0032:0152 1:N:0' and ...'2:2425473690:1:10102:0032:0199 2:N:0'"
        in error
    )
    assert "are not mates: their names differ; reads must be in the same order" in error


@pytest.mark.parametrize("mode", ["stop", "skip"])
def test_mates_from_pipes(mode: str) -> None:
    with ExitStack() as stack:
        pipes = []
        for mate in (1, 2):
            reading, writing = os.pipe()
            os.write(writing, "".join(reads(numbered(f"r{{}}/{3 - mate}"), mate)).encode())
            os.close(writing)
            pipes.append(stack.enter_context(os.fdopen(reading, "rb", buffering=0)))
        with pytest.raises(PairError, match="the mates are swapped"):
            bs.read_fastq(pipes[0], mate=pipes[1], on_bad_record=mode).run(Collect())


@pytest.mark.parametrize("lane", [0, 1])
def test_each_lane_is_judged_by_itself(tmp_path: Path, lane: int) -> None:
    paths: list[list[Path]] = [[], []]
    for number in range(2):
        for mate in (1, 2):
            path = tmp_path / f"{number}_{mate}.fq"
            marked = 3 - mate if number == lane else mate
            path.write_text("".join(reads(numbered(f"L{number}.{{}}/{marked}"), mate)))
            paths[mate - 1].append(path)
    with pytest.raises(PairError, match=rf"{lane}_1\.fq: record 1, .*swapped"):
        bs.read_fastq(paths[0], mate=paths[1]).run(Collect())
