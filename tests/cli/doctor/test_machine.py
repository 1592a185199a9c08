"""Python, the processor and the memory."""

import pytest

from biometal_stream.cli.doctor import machine


@pytest.mark.parametrize(
    ("suitable", "found"),
    [
        (["x86-64-v4", "x86-64-v3", "x86-64-v2"], "512 bits, AVX-512 (x86-64-v4)"),
        (["x86-64-v3", "x86-64-v2"], "256 bits, AVX2 (x86-64-v3)"),
        (["x86-64-v2"], "128 bits, SSE (x86-64-v2)"),
        (["aarch64"], "128 bits, NEON (aarch64)"),
    ],
)
def test_simd(monkeypatch, suitable, found):
    monkeypatch.setattr("biometal_stream.simd.processor.suitable", lambda: suitable)
    assert machine.simd().found == found
