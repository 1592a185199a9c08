"""That the kernels are vector code: on NEON, on AVX2 and on AVX-512."""

import re
from functools import cache

import numpy as np
import pytest

from biometal_stream.indexes.kernels.kmers import find_kmers
from biometal_stream.indexes.kernels.minimizers import find_minimizers
from biometal_stream.models.encodings.kernels.kmers import write_kmers
from biometal_stream.models.encodings.kernels.one_hot_quality import write_one_hot_quality
from biometal_stream.models.encodings.kernels.sequence_quality import write_sequence_quality
from biometal_stream.operators.kernels import names, quality, sequence, strand
from biometal_stream.reports.kernels import cycles, reads
from biometal_stream.reports.kernels import summaries as reports
from biometal_stream.reports.kernels.words import find_words
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sinks.fastq import kernels as sinks
from biometal_stream.sources.fastq.kernels import lines, records
from biometal_stream.sources.text import lines as text_lines
from tests.simd.assembly import assembly, inner_loops


def _fixed(array):
    array.flags.writeable = False
    return array


OFFSETS = _fixed(np.zeros(2, np.int32))
STARTS, STOPS = OFFSETS[:-1], OFFSETS[1:]
DATA = _fixed(np.zeros(64, np.uint8))
FLAGS = _fixed(np.zeros(256, np.bool_))
EDGES = _fixed(np.zeros(2, np.int64))
TABLE = np.zeros((1, 1), np.int64)
BYTES = np.zeros(64, np.uint8)
BOUNDS = np.zeros(2, np.int32)
COUNTS = np.zeros(1, np.int64)
WORDS = np.zeros(1, np.uint64)
FIXED_WORDS = _fixed(np.zeros(1, np.uint64))
WORD = np.uint64(0)
KERNELS = {
    "sum_phred": (quality.sum_phred, (STARTS, STOPS, DATA, WORDS)),
    "sum_error_probabilities": (
        quality.sum_error_probabilities,
        (STARTS, STOPS, DATA, WORDS, np.zeros(1)),
    ),
    "count_below": (quality.count_below, (STARTS, STOPS, DATA, np.uint8(0), COUNTS)),
    "decode": (quality.decode, (DATA, WORD, WORD, DATA.copy())),
    "find_outside": (quality.find_outside, (DATA, WORD, WORD)),
    "count_bases": (sequence.count_bases, (STARTS, STOPS, DATA, COUNTS, COUNTS)),
    "count_letter": (
        sequence.count_letter,
        (STARTS, STOPS, DATA, np.uint8(0), np.uint8(0), COUNTS),
    ),
    "count_changes": (sequence.count_changes, (STARTS, STOPS, DATA, COUNTS)),
    "reverse_complement": (strand.reverse_complement, (STARTS, STOPS, DATA, BYTES)),
    "reverse_quality": (strand.reverse_quality, (STARTS, STOPS, DATA, BYTES)),
    "write_sequence_quality": (
        write_sequence_quality,
        (*(DATA, WORDS) * 2, WORDS, WORD, *(np.zeros(64, np.float32),) * 2),
    ),
    "write_one_hot_quality": (
        write_one_hot_quality,
        (*(DATA, WORDS) * 2, WORDS, WORD, *(np.zeros(64, np.uint16),) * 2),
    ),
    "write_kmers": (
        write_kmers,
        (DATA, WORDS, WORDS, WORD, WORD, BYTES, BYTES, *(np.zeros(64, np.int32),) * 2),
    ),
    "find_minimizers": (
        find_minimizers,
        (
            *(STARTS, STOPS, DATA, WORD, WORD, BYTES, np.zeros(1, np.uint32), COUNTS, COUNTS),
            *(WORDS, BOUNDS, COUNTS),
        ),
    ),
    "find_kmers": (
        find_kmers,
        (STARTS, STOPS, DATA, WORD, BYTES, COUNTS, COUNTS, WORDS, BOUNDS, COUNTS),
    ),
    "hash_names": (names.hash_names, (STARTS, STOPS, DATA, WORD, WORDS)),
    "count_newlines": (text_lines.count_newlines, (DATA, WORD, WORD)),
    "find_lines": (lines.find_lines, (DATA, WORD, WORD, np.zeros(1, np.uint32))),
    "copy_records": (
        records.copy_records,
        (
            *(BYTES, np.zeros(4, np.uint32), WORD) * 2,
            *(WORD, WORD, WORD, IUPAC),
            *(BOUNDS, BYTES, BOUNDS, BYTES, BYTES, BOUNDS, BYTES, BYTES, BYTES),
        ),
    ),
    "format_records": (
        sinks.format_records,
        (
            *(OFFSETS, DATA, OFFSETS, DATA, DATA, OFFSETS, DATA, OFFSETS, DATA),
            *(np.zeros(0, np.int8), np.int8(0), IUPAC, BYTES, WORD),
        ),
    ),
    "count_bases_by_cycle": (
        cycles.count_bases,
        (
            *(STARTS, STOPS, DATA, STARTS, DATA, EDGES, WORD),
            *(BYTES, np.zeros(64, np.uint16), TABLE, TABLE, TABLE, TABLE),
        ),
    ),
    "count_values_by_cycle": (
        cycles.count_values,
        (STARTS, STOPS, DATA, DATA, FLAGS, EDGES, BYTES, TABLE, TABLE),
    ),
    "count_scores_by_cycle": (
        cycles.count_scores,
        (STARTS, STOPS, DATA, EDGES, np.zeros(1, np.uint16), TABLE),
    ),
    "find_words": (
        find_words,
        (STARTS, STOPS, DATA, FIXED_WORDS, FIXED_WORDS, DATA, DATA, COUNTS, COUNTS),
    ),
    "count_means": (reads.count_means, (STARTS, STOPS, DATA, COUNTS)),
    "count_gc": (reads.count_gc, (STARTS, STOPS, DATA, EDGES, EDGES, COUNTS)),
    "count_either": (reports.count_either, (DATA, WORD, WORD, np.uint8(78), np.uint8(110))),
}
MACHINES = {
    "neon": ("aarch64-unknown-linux-gnu", ""),
    "apple": ("arm64-apple-macosx14.0.0", "apple-m1"),
    "avx2": ("x86_64-unknown-linux-gnu", "x86-64-v3"),
    "avx512": ("x86_64-unknown-linux-gnu", "x86-64-v4"),
}

# What finds bytes on each machine, 16, 32 or 64 of them at a time.
EQUAL = {
    "neon": r"cmeq\s+v\d+\.16b",
    "apple": r"cmeq\.16b\s+v",
    "avx2": r"vpcmpeqb\s.*%ymm",
    "avx512": r"vpcmpn?eqb\s.*%zmm.*%k",
}
# 16 letters at a time: the code is the same for all levels of x86-64.
PICK = {
    "neon": r"tbl\s+v\d+\.16b",
    "apple": r"tbl\.16b\s+v",
    "avx2": r"vpshufb\s.*%xmm",
    "avx512": r"vpshufb\s.*%xmm",
}
RANGE = {
    "neon": r"cmh[is]\s+v\d+\.16b",
    "apple": r"cmh[is]\.16b\s+v",
    "avx2": r"vpm(ax|in)ub\s.*%ymm",
    "avx512": r"vpcmpn?[lg]?[et]?[et]?ub\s.*%zmm.*%k",
}
ADD = {
    "neon": r"(add|sub)\s+v\d+\.16b",
    "apple": r"(add|sub)\.16b\s+v",
    "avx2": r"vp(add|sub)b\s.*%ymm",
    "avx512": r"vp(add|sub)b\s.*%zmm",
}
REDUCE = {
    "neon": r"(addv\s+h\d+, v\d+\.8h|addp\s+v\d+\.8h|uaddlv|uaddlp|uaddw)",
    "apple": r"(addv\.8h|addp\.8h|uaddlv|uaddlp|uaddw)",
    "avx2": r"(vpsadbw|vpmaddwd|vpaddw)\s.*%[xy]mm",
    "avx512": r"(vpsadbw|vpmaddwd|vpaddw)\s.*%[xyz]mm",
}
LOAD = {
    "neon": r"ldu?[pr]\s+q\d+",
    "apple": r"ldu?[pr]\s+q\d+",
    "avx2": r"\(%r[a-z0-9]+.*\), %ymm",
    "avx512": r"\(%r[a-z0-9]+.*\), %(zmm|k)",
}
STORE = {
    "neon": r"stu?[pr]\s+q\d+",
    "apple": r"stu?[pr]\s+q\d+",
    "avx2": r"vmov(dqu|ups).*%ymm\d+, .*\(%r",
    "avx512": r"vmov(dqu|ups).*%zmm\d+, .*\(%r",
}
# Four, eight or sixteen numbers made of bytes at a time.
TO_FLOAT = {
    "neon": r"[us]cvtf\s+v\d+\.4s",
    "apple": r"[us]cvtf\.4s\s+v",
    "avx2": r"vcvtdq2ps\s.*%ymm",
    "avx512": r"vcvtu?dq2ps\s.*%zmm",
}
WIDEN = {
    "neon": r"us?h?u?ll2?\s+v\d+\.4s",
    "apple": r"us?h?u?ll2?\.4s\s+v",
    "avx2": r"vpmovzxbd\s.*%ymm",
    "avx512": r"vpmovzxbd\s.*%zmm",
}
# The lesser of numbers of 32 bits.
LESSER = {
    "neon": r"umin\s+v\d+\.4s",
    "apple": r"umin\.4s\s+v",
    "avx2": r"vpminud\s.*%ymm",
    "avx512": r"vpminud\s.*%zmm",
}
EXPECTED = {
    "sum_phred": (LOAD, ADD, RANGE, REDUCE),
    "sum_error_probabilities": (LOAD, RANGE),
    "count_below": (LOAD, RANGE),
    "decode": (LOAD, ADD, RANGE, STORE),
    "find_outside": (LOAD, RANGE),
    "count_bases": (LOAD, EQUAL),
    "count_letter": (LOAD, EQUAL),
    "count_changes": (LOAD, EQUAL),
    "reverse_complement": (LOAD, EQUAL, STORE),
    "reverse_quality": (LOAD, ADD, RANGE, STORE),
    "write_sequence_quality": (LOAD, EQUAL, RANGE, TO_FLOAT, STORE),
    "write_one_hot_quality": (LOAD, EQUAL, RANGE, TO_FLOAT, STORE),
    "write_kmers": (LOAD, EQUAL, WIDEN, STORE),
    "find_minimizers": (LOAD, EQUAL, LESSER, STORE),
    "find_kmers": (LOAD, EQUAL, STORE),
    "count_newlines": (LOAD, EQUAL),
    "find_lines": (LOAD, EQUAL),
    "copy_records": (LOAD, EQUAL, RANGE, STORE),
    "format_records": (LOAD, EQUAL, RANGE, STORE),
    "count_bases_by_cycle": (LOAD, EQUAL, ADD),
    "count_values_by_cycle": (LOAD, EQUAL, ADD),
    "find_words": (PICK,),
    "count_means": (LOAD, ADD, RANGE, REDUCE),
    "count_gc": (LOAD, EQUAL),
    "count_either": (LOAD, EQUAL),
}


@cache
def emitted(kernel, machine):
    function, arguments = KERNELS[kernel]
    return assembly(function, arguments, *MACHINES[machine])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kernel", EXPECTED)
def test_the_kernel_is_vector_code(kernel, machine):
    text = emitted(kernel, machine)
    for patterns in EXPECTED[kernel]:
        assert re.search(patterns[machine], text), patterns[machine]


# However a machine calls: by name, or by an address from a table that names constants too.
CALLED = re.compile(r"\sbl\s+_?(\w+)|\$(\w+)@GOT\b|\s(?!l_|lCPI)_?(\w+)@GOTPAGE")


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_nothing_is_called_but_to_copy_memory(kernel, machine):
    called = {"".join(names) for names in CALLED.findall(emitted(kernel, machine))}
    own = {name for name in called if "biometal_stream" in name}  # as large parts of a kernel are
    calling = {
        *("copy_records", "format_records", "write_one_hot_quality", "sum_error_probabilities"),
        *("count_bases_by_cycle", "count_values_by_cycle"),
    }
    assert not own or kernel in calling
    assert called - own <= {"memcpy", "memset", "bzero", "memset_pattern16"}


# What tells the loops that do the work: they load vectors, look up probabilities, multiply, or
# make fractions of bytes.
LOOKUP = {
    "neon": r"ldr\s+x\d+, \[x\d+, x\d+, lsl #3\]",
    "apple": r"ldr\s+x\d+, \[x\d+, x\d+, lsl #3\]",
    "avx2": r"addq\s+\(%r\w+,%r\w+,8\)",
    "avx512": r"addq\s+\(%r\w+,%r\w+,8\)",
}
MULTIPLY = dict.fromkeys(MACHINES, r"i?mul[q]?\s")
FROM_MEMORY = LOAD | {"avx2": r"\(%r.*%ymm", "avx512": r"\(%r.*%(zmm|k)"}

# Instructions in one run of the longest such loop; of the shortest for kernels that do the last
# bytes in loops of their own. That is static, so it holds for machines that are not at hand. The
# next version of the compiler may differ by a few: the bounds leave an eighth.
COUNTED = {
    # what tells it, bytes of a run, bounds for NEON, AVX2 and AVX-512
    "sum_phred": (FROM_MEMORY, 192, 80, 44, 34),
    "sum_error_probabilities": (LOOKUP, 16, 34, 33, 33),
    "count_below": (FROM_MEMORY, 64, 26, 26, 14),
    "decode": (FROM_MEMORY, 64, 19, 14, 10),
    "find_outside": (FROM_MEMORY, 64, 33, 18, 10),
    "count_bases": (FROM_MEMORY, 64, 48, 38, 22),
    "count_letter": (FROM_MEMORY, 64, 22, 18, 12),
    "count_changes": (FROM_MEMORY, 64, 26, 19, 12),
    "reverse_complement": (FROM_MEMORY, 64, 205, 118, 52),
    "reverse_quality": (FROM_MEMORY, 64, 43, 41, 22),
    "write_sequence_quality": (TO_FLOAT, 64, 180, 104, 56),
    "hash_names": (MULTIPLY, 8, 14, 21, 21),
    "count_newlines": (FROM_MEMORY, 64, 33, 19, 16),
    "find_lines": (FROM_MEMORY, 64, 32, 20, 15),
    "copy_records": (FROM_MEMORY, 64, 82, 51, 30),
    "format_records": (FROM_MEMORY, 64, 48, 34, 26),
    "count_means": (FROM_MEMORY, 192, 81, 48, 37),
    "count_gc": (FROM_MEMORY, 64, 34, 28, 18),
    "count_either": (FROM_MEMORY, 64, 59, 32, 25),
}
SHORTEST = {"decode", "format_records", "count_either", "count_changes", "count_newlines"}


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kernel", COUNTED)
def test_the_loops_are_short(kernel, machine):
    pattern, _, neon, avx2, avx512 = COUNTED[kernel]
    bound = {"neon": neon, "apple": neon, "avx2": avx2, "avx512": avx512}[machine]
    loops = inner_loops(emitted(kernel, machine))
    lengths = [len(loop) for loop in loops if any(re.search(pattern[machine], i) for i in loop)]
    assert lengths
    assert (min if kernel in SHORTEST else max)(lengths) <= bound


def test_the_plainest_machine_has_no_wide_vectors():
    function, arguments = KERNELS["count_newlines"]
    text = assembly(function, arguments, "x86_64-unknown-linux-gnu", "x86-64")
    assert "pcmpeqb" in text
    assert "%ymm" not in text
    assert "%ymm" in assembly(function, arguments, "x86_64-unknown-linux-gnu", "x86-64", "+avx2")
