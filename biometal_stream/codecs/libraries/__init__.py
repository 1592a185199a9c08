"""The C libraries of codecs, as kernels call them: by address, without the GIL."""
