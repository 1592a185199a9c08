"""What a file contains can name no path, run no code, and take no memory without bound.

Each test here fails when the guard that it is about is taken out; ``docs/security.md`` lists them.
"""

import ast
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import (
    CompressedInputError,
    ConfigurationError,
    FastqError,
    RecordTooLongError,
    SinkError,
)
from biometal_stream.operators import Where
from biometal_stream.sources.fastq.source import FastqSource

ROOT = Path(__file__).resolve().parent.parent
ESCAPES = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
EVIL = "\x1b]0;title\x07\u202e\x9b2J\u2066"

BOMBS = """
import bz2, io, lzma, resource, sys, zlib
from biometal_stream.errors import BiometalError
from biometal_stream.sources.fastq.source import FastqSource
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

def peak():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

def streams(start, head):
    '''1 GiB in 16 streams, each with the head.'''
    one = start()
    packed = one.compress(head)
    zeros = bytes(1 << 20)
    packed += b"".join(one.compress(zeros) for _ in range(64)) + one.flush()
    return packed * 16

list(FastqSource((io.BytesIO(b"@a\\nA\\n+\\nI\\n"),)).batches())
starts = {
    "gzip": lambda: zlib.compressobj(1, zlib.DEFLATED, 31),
    "zstd": zstd.ZstdCompressor,
    "bzip2": lambda: bz2.BZ2Compressor(1),
    "xz": lambda: lzma.LZMACompressor(preset=0),
}
for codec, start in starts.items():
    for head in (b"", b"@"):
        packed = streams(start, head)
        before = peak()
        try:
            source = FastqSource((io.BytesIO(packed),), max_record_bytes=16 << 20)
            rows = sum(batch.num_rows for batch in source.batches())
        except BiometalError as error:
            print(codec, peak() - before, type(error).__name__, error, sep="\\t")
        else:
            print(codec, peak() - before, rows, "no error", sep="\\t")
"""


def test_a_gibibyte_of_zeros_takes_no_more_memory_than_a_record_may() -> None:
    """A few kilobytes of compressed input; the limit on a record is 16 MiB here."""
    done = subprocess.run(
        [sys.executable, "-c", BOMBS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[0] for row in rows] == [c for c in ("gzip", "zstd", "bzip2", "xz") for _ in "12"]
    for codec, grown, kind, message in rows:
        assert int(grown) < 128 << 20, codec
        assert kind in {"RecordTooLongError", "FastqError"}, message
        assert "record 1, line 1" in message


class Endless(io.RawIOBase):
    """A beginning, and then one byte for ever; counts what is taken of it."""

    def __init__(self, beginning: bytes, byte: bytes) -> None:
        self.taken = 0
        self._beginning = beginning
        self._byte = byte

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        start, self._beginning = self._beginning[: len(target)], self._beginning[len(target) :]
        target[:] = start + self._byte * (len(target) - len(start))
        self.taken += len(target)
        return len(target)


@pytest.mark.parametrize("flag", [b"\x08", b"\x10"], ids=["name", "comment"])
def test_a_gzip_header_ends_somewhere(flag: bytes) -> None:
    endless = Endless(b"\x1f\x8b\x08" + flag + bytes(6), b"x")
    with pytest.raises(CompressedInputError, match="cannot be inflated"):
        list(FastqSource((endless,)).batches())
    assert endless.taken < 4 << 20


@pytest.mark.parametrize("before", [b"", b"@a\nA\n+\nI\n"], ids=["first", "second"])
@pytest.mark.parametrize("beginning", [b"@", b"@a\n", b"@a\nA\n+", b"@a\nA\n+\n"])
def test_no_line_is_endless(beginning: bytes, before: bytes) -> None:
    """Header, sequence, plus line and quality: one limit holds for the record."""
    endless = Endless(before + beginning, b"A")
    with pytest.raises(RecordTooLongError, match="raise the limit"):
        list(FastqSource((endless,), max_record_bytes=1 << 20).batches())
    assert endless.taken < 16 << 20


def test_the_limit_on_a_record_holds_in_the_tolerant_modes() -> None:
    endless = Endless(b"@", b"A")
    source = FastqSource((endless,), on_bad_record="skip", max_record_bytes=1 << 20)
    with pytest.raises(RecordTooLongError, match="raise the limit"):
        list(source.batches())
    assert endless.taken < 16 << 20


def test_a_long_record_that_is_bad_is_refused_at_once() -> None:
    """What is wrong is looked for by numpy; a loop over its bytes took seconds."""
    bases = b"A" * (8 << 20)
    data = b"@a\n" + bases + b".\n+\n" + bases + b"I\n"
    with pytest.raises(FastqError, match=f"byte {len(bases) + 3}: '.' cannot be a base"):
        list(FastqSource((io.BytesIO(data),)).batches())


VALUES = [
    "../../x",
    "..",
    ".",
    "/etc/passwd",
    "a/b",
    "a\\b",
    "a\0b",
    "",
    "~",
    "~root",
    "-rf",
    "CON",
    "é\u202e",
    "\x1b[31m",
    "a=b",
    "%2e%2e%2f",
]


def _named(value: str) -> bytes:
    return b"@r " + value.encode() + b"\nA\n+\nI\n"


def test_no_value_in_a_file_names_a_path(tmp_path: Path) -> None:
    """Partitions are folders named by values, which a file may choose."""
    import urllib.parse

    values = [value for value in VALUES if value]
    target = tmp_path / "in" / "here"
    target.parent.mkdir()
    source = io.BytesIO(b"".join(map(_named, values)))
    bs.read_fastq(source).write_parquet(target, partition_by="description")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
    assert [path.name for path in target.parent.iterdir()] == ["here"]
    folders = [path.name for path in target.iterdir()]
    assert all(re.fullmatch(r"description=[\w.~%-]+", folder, re.ASCII) for folder in folders)
    assert sorted(urllib.parse.unquote(folder[12:]) for folder in folders) == sorted(values)
    assert all(path.is_file() for folder in target.iterdir() for path in folder.iterdir())


def test_a_value_that_is_too_long_for_a_name_is_an_error(tmp_path: Path) -> None:
    source = io.BytesIO(_named("x" * 300))
    with pytest.raises(SinkError, match=r"(?i)too long"):
        bs.read_fastq(source).write_parquet(tmp_path / "out", partition_by="description")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("(" * 100_000 + "1" + ")" * 100_000, "longer than 4000"),
        ("(" * 1900 + "1" + ")" * 1900, "is not a condition|nested deeper"),
        ("-" * 3900 + "1", "is not a condition|nested deeper"),
        ("not " * 900 + "flag", "is not a condition|nested deeper"),
        ("[" * 900 + "]" * 900, "not a condition|not allowed"),
        ("+".join("1" * 900) + " > 0", "nested deeper"),
        ("9**9**9**9 > 1", "not allowed"),
        ("'x' * 999999999 == 'x'", "no such thing"),
        ("9" * 3900 + " > 0", "too large|is not a condition"),
        ("length << 99999999 > 0", "not allowed"),
        ("().__class__.__bases__[0].__subclasses__()", "not allowed"),
        ("__import__('os').system('true')", "not allowed|no function"),
        ("open('/etc/passwd')", "no function"),
        ("eval('1')", "no function"),
        ("(lambda: 1)()", "not allowed"),
        ("[x for x in (1,)] == 1", "not allowed"),
        ("f'{length}' == 'x'", "not allowed"),
        ("(length := 5) > 1", "not allowed"),
    ],
)
def test_where_evaluates_nothing_but_its_grammar(expression: str, words: str) -> None:
    if words == "no such thing":  # allowed by the grammar: texts cannot be multiplied
        with pytest.raises(bs.SchemaError, match="needs numbers"):
            Where(expression)(pa.record_batch({"sequence": ["A"], "quality": ["I"]}))
        return
    with pytest.raises(ConfigurationError, match=words) as refused:
        Where(expression)
    assert len(str(refused.value)) < 9000


def test_a_regular_expression_has_no_bomb_in_it() -> None:
    """RE2 takes linear time, and bounds its memory."""
    batch = pa.record_batch({"name": ["a" * 5000 + "!"]})
    assert Where("matches(name, '(a+)+$')")(batch).num_rows == 0
    with pytest.raises(ConfigurationError, match=r"(?i)too large|repetition|memory|size"):
        Where("matches(name, '((a{1000}){1000}){1000}')")(batch)


@pytest.fixture
def evil_files(tmp_path: Path) -> dict[str, Path]:
    """Files that are called and filled so that a terminal would obey."""
    if sys.platform == "darwin":
        pytest.skip("its file systems take no such names")
    contents = {
        "good": f"@{EVIL} {EVIL}\nACGT\n+\nIIII\n",
        "header": f"{EVIL}\nACGT\n+\nIIII\n",
        "base": "@a\nAC\x1bT\n+\nIIII\n",
        "plus": f"@a\nACGT\n{EVIL}\nIIII\n",
        "plus_name": f"@a{EVIL}\nACGT\n+{EVIL}\nIIII\n",
        "quality": "@a\nACGT\n+\nII\x1bI\n",
        "latin": "@a\nACGT\n+\nIIII\n",
        "mates": f"@other{EVIL}\nACGT\n+\nIIII\n",
    }
    files = {}
    for name, text in contents.items():
        files[name] = tmp_path / f"{name}{EVIL}.fq"
        files[name].write_bytes(text.encode())
    files["latin"].write_bytes(b"@\x9b\xe9\x1b\nA\n+\nI\n")
    files["packed"] = tmp_path / f"packed{EVIL}.gz"
    files["packed"].write_bytes(b"\x1f\x8b\x08\x00" + EVIL.encode())
    files["missing"] = tmp_path / f"missing{EVIL}.fq"
    return files


def _say(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    status = main(words)
    shown = capsys.readouterr()
    assert not ESCAPES.search(shown.out), repr(shown.out)
    assert not ESCAPES.search(shown.err), repr(shown.err)
    return status, shown.out + shown.err


def test_no_message_steers_the_terminal(
    evil_files: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors, warnings, the summary, the outcome and ``--stats``, of names and of contents."""
    for name, path in evil_files.items():
        status, _ = _say(["read", str(path)], capsys)
        assert status == (name not in {"good", "mates"}), name
        _say(["read", str(path), "--on-bad-record", "skip", "--stats", "-", "--progress"], capsys)
    good, other = str(evil_files["good"]), str(evil_files["mates"])
    assert _say(["read", good, "--mate", other], capsys)[0] == 1
    assert _say(["read", good, "--mate", other, "--on-bad-record", "skip"], capsys)[0] == 0
    target = str(tmp_path / f"out{EVIL}.parquet")
    status, said = _say(["read", good, "write", target], capsys)
    assert status == 0
    assert "out\\x1b]0;title\\x07" in said
    assert _say(["read", good, "write", target, "--partition-by", EVIL], capsys)[0] == 2
    assert _say(["read", good, "where", f"name == '{EVIL}' and x{EVIL}"], capsys)[0] == 2
    assert _say(["read", good, f"step{EVIL}"], capsys)[0] in {1, 2}
    status, said = _say(["read", good, "measure", "rename", f"length={EVIL}"], capsys)
    assert status == 0
    assert "\\x1b]0;title" in said
    assert _say(["demo", "--output", target, "--threads", "1"], capsys)[0] == 0


def test_the_stats_file_is_plain_ascii(evil_files: dict[str, Path], tmp_path: Path) -> None:
    stats = tmp_path / "stats.json"
    assert main(["read", str(evil_files["good"]), "--stats", str(stats), "--quiet"]) == 0
    text = stats.read_text()
    assert text.isascii()
    assert not ESCAPES.search(text)
    assert EVIL not in json.loads(text)["command"]


def test_nothing_is_unpickled_or_evaluated() -> None:
    """The package has neither `eval` nor `exec`, and imports no module that loads objects.

    But for what it sends to the workers of an engine, and has back from them, and for compiled
    kernels: `simd.cache` loads what `Folder.read` believes, at one place (tests/simd/test_jit.py).
    """
    loaders = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}
    package = ROOT / "biometal_stream"
    engines = {*(package / "engines").glob("*.py"), package / "pipeline" / "partition.py"}
    cache = package / "simd" / "cache.py"
    loads = re.findall(r".*pickle\.\w+\(.*", cache.read_text())
    assert [line.partition("#")[0].strip() for line in loads] == [
        "found, reduced = pickle.loads(content)"
    ]
    for folder in ("biometal_stream", "operators", "schemas", "models"):
        for path in set((ROOT / folder).rglob("*.py")) - engines - {cache}:
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" as name)):
                        raise AssertionError(f"{path} calls {name}")
                    case ast.Import(names=names):
                        assert not loaders & {each.name.partition(".")[0] for each in names}, path
                    case ast.ImportFrom(module=str(module)):
                        assert module.partition(".")[0] not in loaders, path


@pytest.mark.parametrize("mebibytes", [2, 64])
def test_blank_lines_are_no_way_to_take_memory(mebibytes: int) -> None:
    """Up to 1 MiB of blank lines may end a file; more are refused where they stand."""
    import tracemalloc

    list(FastqSource((io.BytesIO(b"@a\nA\n+\nI\n"),)).batches())  # what it imports does not count
    data = io.BytesIO(b"@a\nA\n+\nI\n" + b"\n" * (mebibytes << 20))
    tracemalloc.start()
    with pytest.raises(FastqError, match=r"record 2, line 5, .* unexpected blank line where"):
        list(FastqSource((data,)).batches())
    assert tracemalloc.get_traced_memory()[1] < 32 << 20
    tracemalloc.stop()


def test_what_is_no_record_is_refused_before_it_has_grown() -> None:
    endless = Endless(b"@a\nA\n+\nI\n", b"\0")
    with pytest.raises(FastqError, match=r"record 2, .* binary data"):
        list(FastqSource((endless,)).batches())
    assert endless.taken < 32 << 20
