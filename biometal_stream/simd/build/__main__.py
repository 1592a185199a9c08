"""Writes the machine code of all kernels: ``python -m biometal_stream.simd.build [TARGET...]``."""

from __future__ import annotations

import sys

from biometal_stream.simd.build.command import main

sys.exit(main(sys.argv[1:]))
