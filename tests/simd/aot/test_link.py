"""Objects become images, and images run."""

import ctypes
import platform
import struct
from pathlib import Path

import llvmlite.binding as llvm
import pytest

from biometal_stream.simd import images
from biometal_stream.simd.aot.code import object_file
from biometal_stream.simd.aot.link import linked
from biometal_stream.simd.aot.relocations import UnlinkableError
from biometal_stream.simd.aot.targets import TARGETS
from biometal_stream.simd.processor import suitable

# A function that Python calls with two numbers. It looks one up in a table, and calls a function
# of its own and functions of Python's and the C library's.
CODE = """
@table = private constant [4 x i64] [i64 10, i64 20, i64 30, i64 40]
@PyArray_Type = external global i8

declare i8* @PyNumber_Index(i8*)
declare i64 @PyLong_AsLongLong(i8*)
declare i8* @PyLong_FromLongLong(i64)
declare void @Py_DecRef(i8*)
declare double @exp(double)

define internal i64 @number(i8* %object) noinline {
  %index = call i8* @PyNumber_Index(i8* %object)
  %value = call i64 @PyLong_AsLongLong(i8* %index)
  call void @Py_DecRef(i8* %index)
  ret i64 %value
}

define i8* @sum(i8* %self, i8** %args, i64 %count) {
  %first = load i8*, i8** %args
  %place = getelementptr i8*, i8** %args, i64 1
  %second = load i8*, i8** %place
  %one = call i64 @number(i8* %first)
  %two = call i64 @number(i8* %second)
  %cell = getelementptr [4 x i64], [4 x i64]* @table, i64 0, i64 %one
  %looked = load i64, i64* %cell
  %float = sitofp i64 %two to double
  %power = call double @exp(double %float)
  %whole = fptosi double %power to i64
  %sum = add i64 %looked, %whole
  %known = icmp eq i8* %self, @PyArray_Type
  %more = zext i1 %known to i64
  %all = add i64 %sum, %more
  %result = call i8* @PyLong_FromLongLong(i64 %all)
  ret i8* %result
}
"""
BY_NAME = {target.name: target for target in TARGETS}


def image_of(code, name, *entries):
    return linked(object_file(code, BY_NAME[name], entries), entries)


def header_of(image):
    return images.Header(
        image.writable, image.entries, image.imports, sorted(image.own.items()), {}, ""
    )


@pytest.mark.skipif(not suitable(), reason="no target is like this machine")
def test_an_image_runs():
    import numpy as np

    image = image_of(CODE, suitable()[0], "sum")
    loaded = images.Image(header_of(image), bytes(image.content))
    assert loaded.function("sum", None)(2, 0) == 31
    assert loaded.function("sum", None)(np.uint8(3), np.int64(1)) == 42
    assert loaded.function("sum", np.ndarray)(0, 0) == 12
    assert loaded.function("product", None) is None


@pytest.mark.parametrize("name", BY_NAME)
def test_what_is_called_has_a_slot_that_is_written(name):
    image = image_of(CODE, name, "sum")
    assert image.imports.keys() == {
        *("PyArray_Type", "PyNumber_Index", "PyLong_AsLongLong", "PyLong_FromLongLong"),
        *("Py_DecRef", "exp"),
    }
    assert all(slot >= image.writable for slot in image.imports.values())
    assert len(set(image.imports.values())) == len(image.imports)
    assert image.entries["sum"] < image.writable
    # The table is in the image, and nothing of it is written when it is loaded.
    assert struct.pack("<4q", 10, 20, 30, 40) in image.content[: image.writable]
    assert not image.own


def test_jumps_to_slots_of_aarch64():
    """As an assembler and a disassembler of LLVM's know them."""
    image = image_of(CODE, "aarch64", "sum")
    stubs = {}
    for place in range(0, image.writable, 16):
        adrp, load, jump, _ = struct.unpack_from("<4I", image.content, place)
        if jump == 0xD61F0200 and adrp & 0x9F00001F == 0x90000010:
            pages = (adrp >> 29 & 3) | (adrp >> 5 & 0x7FFFF) << 2
            stubs[((place >> 12) + pages << 12) + (load >> 10 & 0xFFF) * 8] = place
    assert {image.imports["Py_DecRef"], image.imports["exp"]} <= stubs.keys()


def test_addresses_in_variables_are_written_when_the_image_is_loaded():
    code = """
@table = private unnamed_addr constant [2 x i8* ()*] [i8* ()* @one, i8* ()* @two]
define i8* @one() noinline { ret i8* inttoptr (i64 1 to i8*) }
define i8* @two() noinline { ret i8* inttoptr (i64 2 to i8*) }
@variable = global i8* bitcast (i8* (i8*, i8**, i64)* @entry to i8*)
define i8* @entry(i8* %self, i8** %args, i64 %index) {
  %cell = getelementptr [2 x i8* ()*], [2 x i8* ()*]* @table, i64 0, i64 %index
  %function = load i8* ()*, i8* ()** %cell
  %result = call i8* %function()
  ret i8* %result
}
"""
    image = image_of(code, "x86-64-v2", "entry")
    assert image.own
    assert all(place >= image.writable for place in image.own)


def test_a_common_symbol_is_refused():
    code = """
@shared = common global i64 0
define i64 @entry() {
  %value = load i64, i64* @shared
  ret i64 %value
}
"""
    with pytest.raises(UnlinkableError, match="is in no section"):
        image_of(code, "aarch64", "entry")


def test_no_memory_is_both_written_and_run():
    if platform.system() != "Linux" or not suitable():
        pytest.skip("of Linux")
    image = image_of(CODE, suitable()[0], "sum")
    loaded = images.Image(header_of(image), bytes(image.content))
    start = ctypes.addressof(ctypes.c_char.from_buffer(loaded._memory))
    found = {}
    with Path("/proc/self/maps").open() as maps:
        for line in maps:
            first, last = (int(each, 16) for each in line.split()[0].split("-"))
            for place in (start, start + image.writable):
                if first <= place < last:
                    found[place] = line.split()[1][:3]
    assert found == {start: "r-x", start + image.writable: "rw-"}


def test_llvm_knows_every_target():
    llvm.initialize_all_targets()
    for target in TARGETS:
        assert llvm.Target.from_triple(target.triple)
