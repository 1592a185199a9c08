"""Vector instructions for numba kernels, and the cache of their machine code.

**The problem.** Almost all time that is not spent on inflating goes into looking at each byte of
the reads: where lines end, how many bases are N, what the qualities add up to. One byte at a time
costs about a cycle each, 150 for a read. numba can turn loops into vector code, but does it badly
for bytes: it widens them to 64 bits, guards against overlaps, and handles a read's last bytes one
by one. C extensions would need a build for each platform, and one for each generation of processor.

**The idea.** Kernels stay Python that numba compiles, and are made of functions of 64 bytes: load a
vector, compare it, count, store it. Each is a line or two of portable LLVM IR (`llvm`), inlined
into the kernel, and LLVM picks the instructions that the processor has: one AVX-512 instruction,
two of AVX2, four of SSE or NEON. Three habits keep loops short:

* *A comparison becomes a mask*, a word with a bit for each byte (`masks`). To find newlines is to
  walk the set bits; to count them is to count bits.
* *There is no loop for the rest.* The last, partial vector of a read is loaded so that it ends
  where the read ends (`padding.load_ending`), and the bytes of other reads in it are zeroed with a
  mask from a table (`vectors.keep_last`). Zeros change no sum and no count.
* *Results stay in vectors* as long as they fit: `counts` adds up 255 vectors before it looks,
  `lanes` counts each of 64 cycles in 255 reads, and `larger` keeps the highest score of a whole
  batch for a single comparison at the end.

NEON cannot turn a comparison into a mask in one instruction, so there masks are built by adding
pairs and counts are kept as bytes (`llvm.codegen.NEON`). Both ways are right on every machine, and
the tests run both on any; only `vectors.look_up` is an instruction of x86 or of NEON.

**The cost.** One core of an AMD EPYC 9004 (Zen 4, AVX-512, 3.66 GHz while measured), data in the
first-level cache, 2026-11-28:

====================================  =================  ==============  ==========
kernel                                instructions       cycles          GB/s
====================================  =================  ==============  ==========
``count_newlines``                    14 a vector        4.2 a vector    57
``find_outside``, to check qualities  9 a vector         4.5 a vector    50
``decode``, to subtract 33            9 a vector         6.5 a vector    36
``sum_phred``, 150 qualities          30 for 3 vectors   11.5 a read     48
``count_letter``, 150 bases           10 a vector        11.1 a read     49
``count_below``, 150 qualities        12 a vector        11.9 a read     46
====================================  =================  ==============  ==========

So a read costs about 11 cycles for each question that is asked of it, a thirteenth of what single
bytes would cost. Instructions are those of the inner loop (``tests/simd/assembly.py``); for AVX2
and NEON they are in ``docs/aarch64.md``, and ``tests/simd/test_assembly.py`` keeps them from
growing. ``benches/kernels.py`` times the kernels.

**The modules.** `words`: the sizes. `masks`, `memory`, `padding`, `vectors`, `counts`, `lanes`,
`numbers`, `windows`, `foreign`: the functions that kernels call. `llvm`: the code that these stand
for (`intrinsics`). `jit`, `compiler`, `cache`: how kernels are compiled, and where their machine
code is kept. `bases`, `loops`: rules that several kernels must share. Only `llvm` and `cache`
import numba, so that a process that compiles nothing does without.

Except where a function says otherwise, arrays are contiguous ``uint8`` of one dimension, indices
are ``uint64``, and nothing is checked: the caller makes sure that all 64 bytes exist.
"""
