"""Python, the processor and the memory."""

import pytest

from biometal_stream.cli.doctor import machine


@pytest.mark.parametrize(
    ("features", "bits", "name"),
    [
        ({"avx512f", "avx512bw", "avx2", "sse2"}, 512, "AVX-512"),
        ({"avx512f", "avx2", "sse2"}, 256, "AVX2"),
        ({"sse2"}, 128, "SSE"),
        ({"neon", "sve"}, 128, "NEON"),
    ],
)
def test_simd_width(monkeypatch, features, bits, name):
    monkeypatch.setattr(machine.platform, "machine", lambda: "x86_64")
    assert machine.simd_width(features)[:2] == (bits, name)
