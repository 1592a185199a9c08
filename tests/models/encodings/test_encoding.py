"""The layouts against their definitions."""

import json
import pickle
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from biometal_stream.columns import StringColumn
from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.models.encodings import LAYOUTS, Encoding, Windows, cut_windows
from biometal_stream.models.encodings.layouts import BY_NAME, MAX_LENGTH
from tests.models.encodings import plain

ALL = [(layout.name, dtype) for layout in BY_NAME.values() for dtype in layout.dtypes]

bases = st.text(st.sampled_from("ACGTUNacgtunRY-.@\x7f"), max_size=220)


def column(name, texts, kind=np.int32, before=b""):
    """A column as it lies in a batch, behind other rows' bytes, and not a byte more."""
    offsets = (len(before) + np.cumsum([0, *map(len, texts)])).astype(kind)
    data = np.frombuffer(before + "".join(texts).encode(), np.uint8)
    offsets.flags.writeable = False
    return StringColumn.of(name, offsets, data)


def reads_of(sequences):
    """Reads with qualities of all scores."""
    qualities = [
        "".join(chr(33 + (i * i + 7 * len(text)) % 94) for i in range(len(text)))
        for text in sequences
    ]
    return sequences, qualities


def encoded(encoding, columns, windows):
    """The features, written amid what must stay as it is."""
    size = int(np.prod(encoding.shape))
    room = np.full((len(windows) + 2) * size, 77, encoding.dtype)
    out = room[size : (len(windows) + 1) * size].reshape(len(windows), *encoding.shape)
    encoding.encode(*columns, windows, out)
    assert (room[:size] == 77).all()
    assert (room[(len(windows) + 1) * size :] == 77).all()
    return out


@pytest.mark.parametrize(("layout", "dtype"), ALL)
@given(
    sequences=st.lists(bases, max_size=6),
    length=st.integers(1, 140),
    k=st.integers(1, 12),
    kind=st.sampled_from([np.int32, np.int64]),
    before=st.sampled_from([b"", b"\0\xff", b"G" * 70]),
    data=st.data(),
)
@example(["ACGTN" * 40, "", "acgtu"], 64, 4, np.int32, b"", None)
@example(["ACGTN" * 40, "U" * 65, "T"], 65, 5, np.int64, b"G" * 70, None)
@example(["N", "ACGT" * 16], 1, 1, np.int64, b"", None)
@settings(max_examples=40)
def test_features_are_as_defined(layout, dtype, sequences, length, k, kind, before, data):
    length = BY_NAME[layout].length or length
    k = min(k, length) if BY_NAME[layout].kmers else None
    encoding = Encoding(layout, length, dtype, k)
    sequences, qualities = reads_of(sequences)
    windows = cut_windows(np.array([len(text) for text in sequences], np.int64), length, "even")
    if data is not None and len(windows):
        picked = data.draw(st.lists(st.integers(0, len(windows) - 1), max_size=9))
        windows = Windows(windows.rows[picked], windows.starts[picked], windows.stops[picked])
    columns = (
        column("sequence", sequences, kind, before),
        column("quality", qualities, kind, before),
    )
    out = encoded(encoding, columns, windows)
    wanted = [
        plain.encode(encoding, sequences[row][start:stop], qualities[row][start:stop])
        for row, start, stop in zip(windows.rows, windows.starts, windows.stops, strict=True)
    ]
    assert out.tobytes() == b"".join(each.tobytes() for each in wanted)


def test_the_layout_of_300_numbers_bit_for_bit():
    letters = bytes(range(33, 127)).decode()
    sequences = [letters + "ACGTacgtuUN" * 3, "ACGT" * 50]
    qualities = [letters + "I" * 33, letters + "!" * 106]
    encoding = Encoding("sequence-quality-300/1")
    columns = column("sequence", sequences), column("quality", qualities)
    out = encoded(encoding, columns, cut_windows(np.array([127, 200]), 150))
    assert encoding.shape == (300,)
    quarters = {"A": 0.0, "C": 0.25, "G": 0.5, "T": 0.75}
    for row, (sequence, quality) in enumerate(zip(sequences, qualities, strict=True)):
        count = min(len(sequence), 150)
        wanted = np.zeros(300, np.float32)
        wanted[:count] = [quarters.get(base.upper(), 1.0) for base in sequence[:count]]
        scores = np.array([ord(letter) - 33 for letter in quality[:count]], np.float32)
        wanted[150 : 150 + count] = scores / np.float32(93)
        assert out[row].tobytes() == wanted.tobytes()


def test_fractions_are_rounded_once():
    """In each type, the nearest to the quotient itself; no quotient lies between two."""
    letters = bytes(range(33, 127)).decode()
    for dtype in ("float32", "float16"):
        encoding = Encoding("quality-mask/1", 94, dtype)
        out = encoded(
            encoding, (None, column("quality", [letters])), cut_windows(np.array([94]), 94)
        )
        for score, number in enumerate(out[0, :94]):
            off = abs(Fraction(float(number)) - Fraction(score, 93))
            for side in (-np.inf, np.inf):
                beside = np.nextafter(number, np.dtype(dtype).type(side))
                assert off < abs(Fraction(float(beside)) - Fraction(score, 93))


def test_a_column_that_is_not_read_may_be_anything():
    windows = cut_windows(np.array([3]), 4)
    out = encoded(Encoding("tokens/1", 4, "uint8"), (column("sequence", ["ACG"]), None), windows)
    assert out.tolist() == [[1, 2, 3, 0]]
    strange = column("quality", ["\x01", "\x01"])
    encoded(Encoding("tokens/1", 4, "uint8"), (column("sequence", ["ACG"]), strange), windows)


@pytest.mark.parametrize(
    "layout", ["sequence-quality-300/1", "quality-mask/1", "one-hot-quality/1"]
)
@pytest.mark.parametrize("byte", ["\x00", " ", "\x7f"])
@pytest.mark.parametrize("place", [0, 63, 64, 149])
def test_what_is_no_quality_is_named(layout, byte, place):
    quality = "I" * place + byte + "I" * (160 - place)
    columns = column("sequence", ["", "A" * 161]), column("quality", ["", quality])
    windows = cut_windows(np.array([0, 161]), 150)
    out = np.empty((2, *Encoding(layout).shape), np.float32)
    with pytest.raises(DataError, match=rf"'quality' has byte {ord(byte):#04x} in row 1 of the"):
        Encoding(layout).encode(*columns, windows, out)


def test_only_windows_are_looked_at():
    columns = column("sequence", ["A" * 161]), column("quality", ["I" * 150 + "\x7f" * 11])
    encoded(Encoding("sequence-quality-300/1"), columns, cut_windows(np.array([161]), 150))


def test_unequal_lengths_are_named():
    columns = column("sequence", ["A", "AC"]), column("quality", ["I", "I"])
    with pytest.raises(DataError, match="differ in length in row 1 of the batch: 2 bases, 1 qual"):
        encoded(Encoding("one-hot-quality/1"), columns, cut_windows(np.array([1, 2]), 150))


@pytest.mark.parametrize(
    "window", [(2, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 2, 1), (0, 0, 11), (1, 0, 6)]
)
def test_windows_that_are_not_within_their_read_are_refused(window):
    columns = column("sequence", ["A" * 10, "C" * 20]), None
    windows = Windows(*(np.array([0, end], np.int64) for end in window))
    encoding = Encoding("tokens/1", 5, "int32")
    with pytest.raises(ConfigurationError, match=r"^window 1, bases .* of row .*, is not within"):
        encoding.encode(*columns, windows, np.empty((2, 5), np.int32))


def test_columns_must_be_there_and_of_one_batch():
    windows = cut_windows(np.array([1]), 150)
    one, two = column("sequence", ["A"]), column("quality", ["I", "I"])
    with pytest.raises(ConfigurationError, match="reads the quality of reads"):
        encoded(Encoding("one-hot-quality/1"), (one, None), windows)
    with pytest.raises(ConfigurationError, match="are of different batches: 1 and 2 rows"):
        encoded(Encoding("one-hot-quality/1"), (one, two), windows)


def test_the_output_must_fit():
    columns, windows = (column("sequence", ["A"]), None), cut_windows(np.array([1]), 6)
    encoding = Encoding("one-hot/1", 6, "float16")
    good = np.empty((1, 4, 1, 6), np.float16)
    fixed = good.copy()
    fixed.flags.writeable = False
    for out in (good.astype(np.float32), good[0], np.empty((2, 4, 1, 6), np.float16)):
        with pytest.raises(ConfigurationError, match=r"are float16 of shape \(1, 4, 1, 6\)"):
            encoding.encode(*columns, windows, out)
    for out in (fixed, np.asfortranarray(good)):
        with pytest.raises(ConfigurationError, match="writable and in C order"):
            encoding.encode(*columns, windows, out)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"layout": "one-hot/2"}, "unknown layout 'one-hot/2'; choose from sequence-quality-300/1"),
        ({"layout": None}, "the layout of an encoding must be text"),
        ({"layout": "one-hot/1", "length": 0}, "at least 1 base and at most 1000000: 0"),
        ({"layout": "one-hot/1", "length": MAX_LENGTH + 1}, "at most 1000000"),
        ({"layout": "one-hot/1", "length": 150.0}, "the length of an encoding must be a whole"),
        ({"layout": "one-hot/1", "length": True}, "must be a whole number: True"),
        ({"layout": "sequence-quality-300/1", "length": 100}, "has a length of 150 bases: 100"),
        ({"layout": "sequence-quality-300/1", "dtype": "float16"}, "type float32, not float16"),
        ({"layout": "tokens/1"}, "numbers of type uint8 or int32 or int64, not float32"),
        ({"layout": "tokens/1", "dtype": "int32", "k": 3}, "has no k-mers, so no k: 3"),
        ({"layout": "kmers/1", "dtype": "int32"}, "needs k, the bases of a k-mer, 1 to 12"),
        ({"layout": "kmers/1", "dtype": "int32", "k": 13}, "at most 12"),
        ({"layout": "kmers/1", "dtype": "int32", "k": 0}, "at least 1"),
        ({"layout": "kmers/1", "dtype": "int32", "k": 9, "length": 8}, "than the length, 8: 9"),
        ({"layout": "kmers/1", "dtype": "int32", "k": "6"}, "the k of an encoding must be a whole"),
    ],
)
def test_an_encoding_that_there_is_not(fields, message):
    with pytest.raises(ConfigurationError, match=message):
        Encoding(**fields)
    with pytest.raises(ConfigurationError, match=message):
        Encoding.from_dict(fields)


def test_fields_that_make_no_encoding():
    with pytest.raises(
        ConfigurationError, match="no field 'size'; choose from layout, length, dtype, k"
    ):
        Encoding.from_dict({"layout": "one-hot/1", "size": 4})
    with pytest.raises(ConfigurationError, match="needs a field 'layout'"):
        Encoding.from_dict({"length": 4})


@pytest.mark.parametrize(
    ("encoding", "shape", "columns"),
    [
        (Encoding("sequence-quality-300/1"), (300,), ("sequence", "quality")),
        (Encoding("quality-mask/1", 70, "uint8"), (140,), ("quality",)),
        (Encoding("one-hot/1", 70, "float16"), (4, 1, 70), ("sequence",)),
        (Encoding("one-hot-quality/1", 70), (6, 1, 70), ("sequence", "quality")),
        (Encoding("tokens/1", 70, "int64"), (70,), ("sequence",)),
        (Encoding("kmers/1", 70, "int32", k=6), (65,), ("sequence",)),
    ],
)
def test_what_an_encoding_tells_of_itself(encoding, shape, columns):
    assert encoding.shape == shape
    assert encoding.columns == columns
    fields = json.loads(json.dumps(encoding.to_dict()))
    assert list(fields) == ["layout", "length", "dtype", "k"][: 4 if encoding.k else 3]
    assert Encoding.from_dict(fields) == encoding
    assert pickle.loads(pickle.dumps(encoding)) == encoding
    assert hash(encoding) == hash(Encoding(**fields))


def test_every_layout_has_its_kernel_and_its_definition():
    assert LAYOUTS == tuple(BY_NAME) == tuple(plain.LAYOUTS)
    kernels = [layout.load_kernel() for layout in BY_NAME.values()]
    assert len(set(kernels)) == len(LAYOUTS)


def test_importing_encodings_imports_nothing_heavy():
    code = (
        "import sys, biometal_stream.models.encodings as e; e.Encoding('one-hot/1').shape;"
        "print([m for m in ('numpy', 'pyarrow', 'numba') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
