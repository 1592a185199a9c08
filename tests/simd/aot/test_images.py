"""Kernels compiled ahead of time do what numba's do."""

import gzip
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.codecs.bgzf.packing import pack_blocks, room_for
from biometal_stream.codecs.libraries import isal, libdeflate
from biometal_stream.models.kernels import classify_logits
from biometal_stream.simd import images, shipped
from biometal_stream.simd.aot.command import kernel_modules, main, source_files
from biometal_stream.simd.jit import Kernel
from biometal_stream.simd.processor import suitable
from biometal_stream.simd.text import PADDING, copy_rows
from biometal_stream.sources.fastq.kernels.lines import find_lines, measure_lines
from biometal_stream.sources.text.lines import count_newlines

pytestmark = pytest.mark.skipif(not suitable(), reason="no target is like this machine")

MODULES = (
    "biometal_stream.codecs.bgzf.packing",
    "biometal_stream.models.kernels",
    "biometal_stream.simd.text",
    "biometal_stream.sources.fastq.kernels.lines",
    "biometal_stream.sources.text.lines",
)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with images of a few kernels, one for each level that this processor runs."""
    folder = tmp_path_factory.mktemp("images")
    script = f"""
from pathlib import Path
from biometal_stream.simd.aot.command import build
from biometal_stream.simd.aot.targets import TARGETS

if __name__ == "__main__":
    build([t for t in TARGETS if t.name in {suitable()!r}], Path({str(folder)!r}), {MODULES!r})
"""
    (folder / "build.py").write_text(script)
    subprocess.run([sys.executable, folder / "build.py"], check=True)
    return folder


@pytest.fixture(scope="module")
def file(built):
    """The image that suits this processor best."""
    return built / f"{suitable()[0]}.image"


@pytest.fixture(scope="module", params=suitable())
def image(built, request):
    """The code for this processor, and for each older one."""
    return images.Image(*images.unpacked((built / f"{request.param}.image").read_bytes()))


def shipped_form(image, kernel):
    """A kernel as the image has it; it returns ``None`` where it takes no such types."""
    return image.function(kernel.name, None)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_numbers_in_and_a_number_out(image, data, start):
    text = np.frombuffer(data + bytes(64), np.uint8)
    arguments = (text, np.uint64(min(start, len(data))), np.uint64(len(data)))
    assert shipped_form(image, count_newlines)(*arguments) == count_newlines.dispatcher(*arguments)


@given(st.binary(max_size=300))
def test_functions_of_c_are_called_by_address(image, data):
    text = np.frombuffer(data, np.uint8)
    out = np.zeros(room_for(len(data)), np.uint8)
    stream = isal.new_stream()
    arguments = (stream.functions, stream.memory, libdeflate.compressor(1), text, out)
    packed = out[: shipped_form(image, pack_blocks)(*arguments)].tobytes()
    assert packed == out[: pack_blocks.dispatcher(*arguments)].tobytes()
    assert gzip.decompress(packed) == data


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"")), max_size=12))
def test_a_tuple_out(image, lines):
    lines = lines[: len(lines) // 4 * 4]
    data = b"".join(line + b"\n" for line in lines)
    text = np.frombuffer(data + bytes(64), np.uint8)
    both = []
    for find, measure in (
        (shipped_form(image, find_lines), shipped_form(image, measure_lines)),
        (find_lines.dispatcher, measure_lines.dispatcher),
    ):
        ends = np.zeros(len(lines) + 64, np.uint32)
        found = find(text, np.uint64(0), np.uint64(len(data)), ends)
        measured = measure(ends, np.uint64(0), np.uint64(len(lines) // 4))
        both.append((found, ends[: len(lines)].tolist(), measured))
    assert both[0] == both[1]


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=10))
def test_one_of_two_types(image, kind, data, places):
    bounds = sorted(min(place, len(data)) for place in places)
    starts, stops = np.array(bounds[:-1], kind), np.array(bounds[1:], kind)
    outs = []
    for copy in (shipped_form(image, copy_rows), copy_rows.dispatcher):
        out = np.zeros(len(data) + PADDING, np.uint8)
        assert copy(starts, stops, np.frombuffer(data, np.uint8), out) is None
        outs.append(out[: int((stops - starts).sum())].tobytes())
    assert outs[0] == outs[1]


@given(st.lists(st.floats(-80, 80, width=32), max_size=20), st.floats(0.5, 1, width=32))
def test_floats_and_two_dimensions(image, logits, least):
    results = []
    for classify in (shipped_form(image, classify_logits), classify_logits.dispatcher):
        outs = (
            np.zeros(len(logits), np.int16),
            np.zeros(len(logits), np.float32),
            np.zeros((len(logits), 2), np.float32),
        )
        classify(np.array(logits, np.float32), np.float32(least), *outs)
        results.append([out.tolist() for out in outs])
    assert results[0] == results[1]


TEXT = np.zeros(80, np.uint8)
FROZEN = TEXT.copy()
FROZEN.flags.writeable = False


class Derived(np.ndarray):
    pass


@pytest.mark.parametrize(
    "arguments",
    [
        (TEXT, 0),
        (TEXT, 0, 1, 2),
        (TEXT.view(np.int8), 0, 1),
        (TEXT.astype(">u2"), 0, 1),
        (TEXT[::2], 0, 1),
        (TEXT.reshape(8, 10), 0, 1),
        (TEXT.view(Derived), 0, 1),
        (TEXT.tobytes(), 0, 1),
        (TEXT, 0, 1.0),
        (TEXT, 0, "1"),
        (TEXT, -1, 1),
        (TEXT, 2**64, 1),
        (None, None, None),
    ],
)
def test_other_types_are_not_taken(image, arguments):
    called = shipped_form(image, count_newlines)
    assert called(*arguments) is None
    assert called(FROZEN, 0, np.int8(8)) == 0  # and no exception was left


def test_what_is_written_must_be_writable(image):
    starts, stops = np.zeros(1, np.int32), np.ones(1, np.int32)
    called = image.function(copy_rows.name, "refused")
    assert called(starts, stops, FROZEN, TEXT.copy()) is None
    assert called(starts, stops, TEXT, FROZEN) == "refused"
    assert called(starts, stops.astype(np.int64), TEXT, TEXT.copy()) == "refused"


@pytest.fixture
def kernel(image, monkeypatch):
    """A kernel that finds the image, and has not looked yet."""
    monkeypatch.setattr(shipped, "shipped", lambda: shipped.Shipped(image, "this"))
    return Kernel(count_newlines.py_func, ())


def test_types_that_were_not_foreseen_go_to_numba(kernel):
    assert kernel(TEXT, np.uint64(0), np.uint64(9)) == 0
    assert not kernel.is_compiled
    assert kernel(TEXT.view(Derived), np.uint64(0), np.uint64(9)) == 0
    assert kernel.is_compiled


def test_tests_can_refuse_types_that_were_not_foreseen(kernel, monkeypatch):
    monkeypatch.setenv(shipped.VARIABLE, "shipped")
    assert kernel(FROZEN, 0, 9) == 0
    with pytest.raises(TypeError, match=r"count_newlines is not compiled ahead of time for \(int8"):
        kernel(TEXT.view(np.int8), 0, 9)


def test_kernels_of_others_go_to_numba(image, monkeypatch):
    monkeypatch.setattr(shipped, "shipped", lambda: shipped.Shipped(image, "this"))

    def double(number):
        return number + number

    assert Kernel(double, ())(np.uint64(4)) == 8


@pytest.fixture
def folder(file, tmp_path, monkeypatch):
    """A folder with the image, which a process looks at as if for the first time."""
    (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(images, "FOLDER", tmp_path)
    monkeypatch.delenv(shipped.VARIABLE, raising=False)
    shipped._shipped.cache_clear()
    yield tmp_path
    shipped._shipped.cache_clear()


def test_the_image_for_this_processor_is_taken(folder):
    found = shipped.shipped()
    assert found.image
    assert (found.target, found.reason, found.expected) == (suitable()[0], "", False)


def test_a_build_needs_only_numba():
    """pip installs nothing else to build a wheel."""
    code = """if True:
        import sys
        from importlib import import_module

        for package in ("pyarrow", "isal", "deflate", "onnxruntime", "click", "rich"):
            sys.modules[package] = None
        from biometal_stream.simd.aot.command import kernel_modules

        for module in kernel_modules():
            import_module(module)
        """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_build_without_numba(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert main([]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith("python -m biometal_stream.simd.aot: error: compiling kernels ahead of")
    assert err.endswith("; pip install numba\n")
    assert err.count("\n") == 1


def test_threads_that_come_first_share_one_image(folder):
    together = threading.Barrier(8)

    def load(_):
        together.wait()
        return shipped.shipped()

    with ThreadPoolExecutor(8) as threads:
        assert len({id(found) for found in threads.map(load, range(8))}) == 1


def test_numba_can_be_asked_for(folder, monkeypatch):
    monkeypatch.setenv(shipped.VARIABLE, "numba")
    assert shipped.shipped().image is None


def test_an_image_can_be_asked_for(folder, file, monkeypatch):
    """The lower levels have images, too, which a newer processor would never run."""
    monkeypatch.setattr(shipped, "suitable", lambda: ["x86-64-v9", suitable()[0]])
    monkeypatch.setenv(shipped.VARIABLE, suitable()[0])
    (folder / "x86-64-v9.image").write_bytes(b"")
    assert shipped.shipped().target == suitable()[0]
    assert shipped.must_be_shipped()


def test_an_image_that_does_not_suit_cannot_be_asked_for(folder, monkeypatch):
    monkeypatch.setenv(shipped.VARIABLE, "riscv64")
    assert shipped.shipped().reason.startswith(
        "BIOMETAL_STREAM_KERNELS must be one of numba, shipped, "
    )
    with pytest.raises(RuntimeError, match="count_newlines is not compiled ahead of time: BIO"):
        Kernel(count_newlines.py_func, ())(TEXT, 0, 9)


def test_sources_that_have_changed(folder, file):
    header, content = images.unpacked(file.read_bytes())
    (path, _) = next(iter(header.sources.items()))
    header.sources[path] ^= 1
    (folder / file.name).write_bytes(images.packed(header, content))
    found = shipped.shipped()
    assert found.image is None
    assert found.reason == f"{path} has changed since they were compiled"
    assert not found.expected


def test_an_image_that_is_damaged(folder, file):
    data = file.read_bytes()
    for wrong in (data[:-1], data[:10], b"", data[:-1] + b"x", b"x" + data):
        shipped._shipped.cache_clear()
        (folder / file.name).write_bytes(wrong)
        found = shipped.shipped()
        assert found.image is None
        assert found.expected


def test_an_image_of_an_older_checkout(folder, file):
    (folder / file.name).write_bytes(file.read_bytes().replace(b"kernels 2", b"kernels 1", 1))
    found = shipped.shipped()
    assert found.image is None
    assert found.reason == "they were compiled by another version"
    assert not found.expected


def test_a_processor_without_an_image(folder, monkeypatch):
    monkeypatch.setattr(shipped, "suitable", lambda: ["riscv64"])
    found = shipped.shipped()
    assert found.expected
    assert found.reason == f"there are none for riscv64, only for {suitable()[0]}"


def test_a_package_without_images(folder, file):
    (folder / file.name).unlink()
    found = shipped.shipped()
    assert not found.expected
    assert found.reason == "this installation has no compiled kernels"


def test_memory_that_may_not_be_run(folder, monkeypatch):
    def refuse(_start, _size):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(images, "_make_executable", refuse)
    found = shipped.shipped()
    assert found.expected
    assert "Permission denied" in found.reason


def test_all_that_kernels_are_made_of_is_noted(file):
    header, _ = images.unpacked(file.read_bytes())
    names = {str(source.relative_to(images.PACKAGE)) for source in source_files()}
    assert header.sources.keys() == names
    assert {"simd/llvm/masks.py", "operators/kernels/quality.py", "mates/kernels.py"} <= names
    assert "biometal_stream.codecs.gzip.headers" in kernel_modules()
    assert json.dumps(header.entries)
