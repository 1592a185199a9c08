"""Where a run writes: what would do harm is refused before anything is read, and what is said."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path

import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GOOD = b"".join(b"@r%d\nACGT\n+\nIIII\n" % number for number in range(20))
PAIRS = b"".join(b"@r%d/%d\nACGT\n+\nIIII\n" % (n // 2, n % 2 + 1) for n in range(20))
BAD = b"@bad\nACGT\n+\nIII\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.fq").write_bytes(GOOD)
    Path("pairs.fq").write_bytes(PAIRS)
    Path("bad.fq").write_bytes(GOOD + BAD + GOOD)
    return tmp_path


def said(capfd: pytest.CaptureFixture[str]) -> str:
    return capfd.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("read bad.fq write out/ --quarantine out/q.fq", "out/q.fq: is inside out/, which is wri"),
        ("read bad.fq write new --shards 2 --quarantine new/q.fq", "new/q.fq: is inside new"),
        ("read a.fq write out --partition-by name --stats out/s.json", "is inside out, which is"),
        ("read a.fq write o.fq --stats s.gz", "s.gz: the name says a compressed file, but JSON"),
        ("read a.fq write o.fq --stats s.parquet", "the name says Parquet, but JSON is written"),
        ("read bad.fq write o.fq --quarantine q.fq.bz2", ".bz2 is read but not written"),
        ("read bad.fq write o.fq --quarantine q.parquet", "the name says Parquet, but FASTQ"),
        ("read a.fq write o.fq.gz --compression zstd", "name it o.fq.zst, or leave the compress"),
        ("read a.fq write o.fq.gz --compression none", "the compression is none; name it o.fq,"),
        ("read a.fq write o.parquet --format fastq", "o.parquet: the name says Parquet, but FA"),
        ("read a.fq write o.fq.gz --format parquet", "name it o.parquet, or write FASTQ"),
        ("read a.fq write o.parquet --format arrow", "the name says Parquet, but an Arrow file"),
        ("read a.fq write o.fq --encoding plain", "encoding is for Parquet, but this is FASTQ"),
    ],
)
def test_wrong_usage(here: Path, capfd: pytest.CaptureFixture[str], line: str, reason: str) -> None:
    (here / "out").mkdir()
    before = sorted(path.name for path in here.rglob("*"))
    assert main(line.split()) == 2
    assert reason in said(capfd)
    assert sorted(path.name for path in here.rglob("*")) == before


@pytest.mark.parametrize(
    "write",
    [
        lambda pipeline, path: pipeline.write_fastq(path),
        lambda pipeline, path: pipeline.write_fastq("new.fq", mate=path),
        lambda pipeline, path: pipeline.write_parquet(path),
        lambda pipeline, path: pipeline.write_arrow(path),
        lambda pipeline, path: pipeline.write_arrow(path, stream=True),
    ],
)
@pytest.mark.parametrize("spelling", ["in", "./in", "link", "hard"])
def test_python_never_replaces_its_input(here: Path, write: object, spelling: str) -> None:
    """Names that say no format, so that every sink takes them."""
    Path("in").write_bytes(PAIRS)
    Path("link").symlink_to("in")
    os.link("in", "hard")
    pipeline = bs.read_fastq("in", interleaved=True)
    before = sorted(path.name for path in here.iterdir())
    with pytest.raises(bs.SinkError, match="is an input; name another file"):
        write(pipeline, spelling)  # type: ignore[operator]
    assert Path("in").read_bytes() == PAIRS
    assert sorted(path.name for path in here.iterdir()) == before


def test_python_knows_what_is_open_and_the_lanes(here: Path) -> None:
    with Path("a.fq").open("rb") as file, pytest.raises(bs.SinkError, match="is an input"):
        bs.read_fastq(file).write_fastq("a.fq")
    with pytest.raises(bs.SinkError, match=r"a.fq: is an input"):
        (bs.read_fastq(["pairs.fq", "a.fq"]) | bs.MinLength(1)).write_fastq("./a.fq")
    with pytest.raises(bs.SinkError, match=r"a.fq: is an input"):
        bs.read_fastq("pairs.fq", mate="a.fq").write_fastq("x.fq", mate="a.fq")
    assert bs.read_fastq(io.BytesIO(GOOD)).write_fastq("a.fq").reads_out == 20


def test_python_refuses_a_quarantine_inside_the_output(here: Path) -> None:
    Path("out").mkdir()
    pipeline = bs.read_fastq("bad.fq", on_bad_record="quarantine", quarantine="out/q.fq")
    with pytest.raises(bs.ConfigurationError, match="is inside out, which is written as a whole"):
        pipeline.write_parquet("out")
    assert list(Path("out").iterdir()) == []


@pytest.mark.parametrize("name", ["q.fq.gz", "q.gz", "q.bgz", "q.fq.zst", "q.fq", "q.txt", "q"])
@pytest.mark.parametrize("kept", [True, False])
def test_a_quarantine_is_compressed_as_its_name_says(here: Path, name: str, kept: bool) -> None:
    # Two pieces, together more than is compressed in one go.
    bad = b"@bad\n" + b"ACGT" * 150_000 + b"\n+\nIII\n" if kept else b""
    Path("many.fq").write_bytes(GOOD + bad + GOOD + bad + GOOD)
    words = f"read many.fq write o.fq --quarantine {name} --quiet"
    assert main(words.split()) == 0
    found = Path(name).read_bytes()
    if name.endswith(("gz",)):
        assert found.endswith(bytes.fromhex("1b0003000000000000000000"))  # BGZF, whole
        found = gzip.decompress(found)
    elif name.endswith(".zst"):
        found = zstd.decompress(found)
    assert found == bad + bad
    assert Path("o.fq").read_bytes() == 3 * GOOD


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("read pairs.fq --interleaved write o.fq", True),
        ("read pairs.fq --interleaved write o.fq.gz --interleaved", True),
        ("read pairs.fq --interleaved select name sequence quality write o.fq", True),
        ("read pairs.fq --interleaved write o_1.fq --mate o_2.fq", False),
        ("read pairs.fq --interleaved write o.parquet", False),
        ("read a.fq write o_R1.fq", False),
    ],
)
def test_the_closing_line_says_how_pairs_lie(
    here: Path, capfd: pytest.CaptureFixture[str], line: str, expected: bool
) -> None:
    assert main(line.split()) == 0
    shown = capfd.readouterr().err
    assert "warning" not in shown
    assert (", interleaved pairs)" in shown) is expected


@pytest.mark.parametrize(
    "name",
    ["o_R1.fq.gz", "R1.fq", "o_R1_001.fastq", "o.r2.fq", "o_1.fq", "o.1.fq.zst", "a-R2-b.txt"],
)
def test_pairs_in_a_file_of_one_mate_are_warned_of(
    here: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    line = ["read", "pairs.fq", "--interleaved", "write", name, "--format", "fastq"]
    assert main(line) == 0
    shown = capfd.readouterr().err
    assert f"warning: {name}: its name says mates " in shown
    assert "--mate FILE" in shown
    assert "interleaved pairs" in shown
    assert main([*line, "--interleaved"]) == 0  # who says so knows
    assert "warning" not in capfd.readouterr().err
    with pytest.warns(bs.BiometalWarning, match=r"mate= in Python"):
        bs.read_fastq("pairs.fq", interleaved=True).write_fastq(name)


@pytest.mark.parametrize("name", ["o.fq", "o_R10.fq", "lane1.fq", "o_11.fq", "R1a.fq", "x_R12.fq"])
def test_other_names_are_not(here: Path, name: str) -> None:
    bs.read_fastq("pairs.fq", interleaved=True).write_fastq(name)


def test_mates_in_files_of_each_other_are_warned_of(here: Path) -> None:
    pipeline = bs.read_fastq("pairs.fq", interleaved=True)
    with pytest.warns(bs.BiometalWarning, match="its name says mates 2, but it gets mates 1"):
        pipeline.write_fastq("o_R2.fq", mate="o_R1.fq")


@pytest.mark.parametrize(
    "make",
    [
        bs.read_fastq,
        lambda path: bs.read_fastq("a.fq", mate=path),
        lambda path: bs.read_fastq("a.fq", on_bad_record="quarantine", quarantine=path),
        lambda path: bs.read_fastq("a.fq").write_fastq(path),
        lambda path: bs.read_fastq("a.fq").write_parquet(path),
        lambda path: bs.read_fastq("a.fq").write_arrow(Path(path)),
        lambda path: bs.read_fastq("pairs.fq", interleaved=True).write_fastq("x.fq", mate=path),
        lambda path: bs.read_fastq(["a.fq", path]),
        lambda path: bs.read_fastq("a.fq", sample=path),
        lambda path: bs.read_fastq("a.fq").write_parquet("x.parquet", partition_by=path),
    ],
)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_names_that_cannot_be(here: Path, make: object, text: str) -> None:
    before = sorted(here.iterdir())
    with pytest.raises(bs.ConfigurationError) as error:
        make(text)  # type: ignore[operator]
    assert "\n" not in str(error.value)
    assert repr(text)[1:-1] in str(error.value)
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("path", ["", b"a.fq", 3])
def test_paths_that_are_none(here: Path, path: object) -> None:
    for make in (
        lambda: bs.read_fastq(["a.fq", path]),  # type: ignore[list-item]
        lambda: bs.read_fastq("a.fq", on_bad_record="quarantine", quarantine=path),  # type: ignore[arg-type]
        lambda: bs.read_fastq("a.fq").write_fastq(path),  # type: ignore[arg-type]
        lambda: bs.read_fastq("a.fq").write_parquet(path),  # type: ignore[arg-type]
    ):
        with pytest.raises(bs.ConfigurationError, match=r"must be text|a file has an empty name"):
            make()


def test_a_name_that_is_not_utf_8_is_a_name(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"\xff.fq")
    Path(name).write_bytes(GOOD)
    assert main(["read", name, "write", f"o{name}", "--stats", "s.json"]) == 0
    assert Path(f"o{name}").read_bytes() == GOOD
    assert json.loads(Path("s.json").read_text())["reads_out"] == 20
    capfd.readouterr()
    assert main(["read", "a.fq", "--sample", name, "write", "o.parquet"]) == 2
    assert "is not text in this locale" in said(capfd)


@pytest.mark.parametrize(
    ("option", "name"), [("--stats", "f.json"), ("--quarantine", "f"), ("", "f")]
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_names_the_file(
    here: Path, capfd: pytest.CaptureFixture[str], option: str, name: str
) -> None:
    Path(name).symlink_to("/dev/full")
    line = ["read", "bad.fq", "--on-bad-record", "skip", "write", "o.fq", option, name]
    if option == "--quarantine":
        del line[2:4]
    elif not option:
        line = [*line[:5], name, "--format", "fastq"]
    assert main(line) == 1
    assert f"{name}: cannot be written: No space left on device" in said(capfd)
    assert Path("o.fq").exists() is (option == "--stats")  # which is written last
