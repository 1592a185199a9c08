"""What generates the LLVM IR of `biometal_stream.simd`'s functions; imports numba and llvmlite.

Nothing outside imports from here but the compiler of kernels. A function's name, and its module's,
are those of the function that kernels call, which is also where it is described. It gets the types
of the arguments, and returns the signature with what generates the code, or ``None`` where the
types do not fit, as `numba.extending.intrinsic` wants it.
"""
