"""Writes the machine code of all kernels to files, so that those who use them need no compiler.

`python -m biometal_stream.simd.aot` does it; it needs numba, and neither a compiler nor a
linker. numba makes LLVM IR of each kernel (`frontend`), once for x86-64 and once for AArch64, for
each set of types that its annotations allow (`signatures`). A function that Python can call is put
around it (`entry`). LLVM makes an object of it for each target (`code`), and `link` an image: bytes
that `biometal_stream.simd.images` copies to memory.
"""
