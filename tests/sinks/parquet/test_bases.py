"""Bases of two bits are what every zstd reads."""

import io
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sinks.parquet.bases import (
    BLOCK,
    PADDING,
    bases_room,
    count_other_bases,
    put_bases,
)
from biometal_stream.sinks.parquet.stored import pages_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def random_bases(size: int, others: list[int], letters: bytes = b"N") -> bytes:
    """Bases among which some places have other letters."""
    found = np.random.default_rng(size).choice(np.frombuffer(b"ACGT", np.uint8), size)
    for number, place in enumerate(others):
        found[place % max(1, size) :][:1] = letters[number % len(letters)]
    return found.tobytes()


def packed(prefix: bytes, text: bytes) -> bytes:
    array = np.frombuffer(prefix + text + b"N" * PADDING, np.uint8)
    others = count_other_bases(array, len(prefix), len(text))
    assert others == sum(text.count(letter) for letter in set(text) - set(b"ACGT"))
    out = np.empty(bases_room(len(prefix), len(text), others), np.uint8)
    size = put_bases(array, 0, len(prefix), len(text), out)
    assert size <= len(out)
    return out[:size].tobytes()


sizes = st.one_of(st.integers(0, 400), st.integers(BLOCK - 70, BLOCK + 200))


@given(
    st.one_of(st.binary(max_size=20), st.just(bytes(range(256)) * 520)),
    sizes,
    st.lists(st.integers(0, 1 << 20), max_size=9),
)
def test_whatever_is_packed_is_read_again(prefix: bytes, size: int, others: list[int]) -> None:
    text = random_bases(size, others, b"Nacgtn-*R\x00\xff")
    if not prefix + text:
        return
    frame = packed(prefix, text)
    assert zstd.decompress(frame) == prefix + text
    assert pa.Codec("zstd").decompress(frame, len(prefix + text)).to_pybytes() == prefix + text


@pytest.mark.parametrize("letters", [b"ACGT", b"A", b"T", b"GGGGGGGC"])
def test_few_letters(letters: bytes) -> None:
    text = (letters * 70_000)[:70_001]
    assert zstd.decompress(packed(b"", text)) == text


def test_two_bits_a_base() -> None:
    text = random_bases(BLOCK * 3, [5, 100_000, 300_000])
    assert len(packed(b"", text)) * 8 / len(text) < 2.01


def encoded(values: list[str], level: int | None = None) -> int:
    pages = pages_of(pa.field("sequence", pa.string()), "zstd", level)
    assert pages is not None
    return pages.encode([pa.array(values)]).nbytes


def test_repeats_and_many_other_letters_are_left_to_zstd() -> None:
    text = random_bases(300_000, []).decode()
    reads = [text[at : at + 150] for at in range(0, len(text), 150)]
    assert encoded(reads) * 8 / len(text) < 2.03
    assert encoded(reads) < 0.9 * encoded(reads, 1)
    repeating = reads[:20] * 100
    assert encoded(repeating) == encoded(repeating, 1)
    with_n = [read[:-1] + "N" for read in reads]
    assert encoded(with_n) == encoded(with_n, 1)
    assert encoded(reads[:100]) == encoded(reads[:100], 1)


def test_three_readers(tmp_path) -> None:  # type: ignore[no-untyped-def]
    duckdb, pl = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    import biometal_stream as bs

    text = random_bases(450_000, [7, 8, 9, 100_000]).decode()
    reads = [text[at : at + 150] for at in range(0, len(text), 150)]
    source = tmp_path / "r.fq"
    source.write_text("".join(f"@r{n}\n{read}\n+\n{'I' * 150}\n" for n, read in enumerate(reads)))
    target = tmp_path / "r.parquet"
    bs.read_fastq(source).write_parquet(target)
    column = pq.ParquetFile(target).metadata.row_group(0).column(2)
    assert column.path_in_schema == "sequence"
    assert column.total_compressed_size < 0.26 * len(text)
    assert pq.read_table(target)["sequence"].to_pylist() == reads
    query = f"select sequence from '{target}'"
    assert [row[0] for row in duckdb.sql(query).fetchall()] == reads
    assert pl.read_parquet(target)["sequence"].to_list() == reads
    assert pl.scan_parquet(io.BytesIO(target.read_bytes())).collect()["sequence"].to_list() == reads
    back = [read for batch in bs.read_parquet(target).batches() for read in batch["sequence"]]
    assert [read.as_py() for read in back] == reads
