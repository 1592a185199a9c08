"""Writes the machine code of all kernels: ``python -m biometal_stream.simd.aot [TARGET...]``."""

from __future__ import annotations

import sys

from biometal_stream.simd.aot.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
