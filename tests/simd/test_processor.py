"""Which code runs on which processor."""

import pytest

from biometal_stream.simd import processor

V2 = "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3"
V3 = f"{V2} abm avx avx2 bmi1 bmi2 f16c fma movbe xsave"
V4 = f"{V3} avx512bw avx512cd avx512dq avx512f avx512vl"


@pytest.mark.parametrize(
    ("flags", "levels"),
    [
        ("fpu sse2", []),
        (V2, ["x86-64-v2"]),
        (V3, ["x86-64-v3", "x86-64-v2"]),
        (V4, ["x86-64-v4", "x86-64-v3", "x86-64-v2"]),
        (V4.replace("avx512vl", ""), ["x86-64-v3", "x86-64-v2"]),
        (V4.replace("ssse3", ""), []),
    ],
)
def test_levels_of_x86_64(monkeypatch, tmp_path, flags, levels):
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor\t: 0\nmodel name\t: any avx2\nflags\t\t: {flags}\n")
    monkeypatch.setattr(processor, "_CPUINFO", file)
    monkeypatch.setattr(processor.sys, "platform", "linux")
    monkeypatch.setattr(processor.platform, "machine", lambda: "x86_64")
    assert processor.suitable() == levels


def test_without_proc_nothing_is_known(monkeypatch, tmp_path):
    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "missing")
    monkeypatch.setattr(processor.sys, "platform", "linux")
    monkeypatch.setattr(processor.platform, "machine", lambda: "x86_64")
    assert processor.suitable() == []


@pytest.mark.parametrize(
    ("machine", "found"), [("arm64", ["aarch64"]), ("aarch64", ["aarch64"]), ("riscv64", [])]
)
def test_other_processors(monkeypatch, machine, found):
    monkeypatch.setattr(processor.platform, "machine", lambda: machine)
    assert processor.suitable() == found


def test_levels_on_macos(monkeypatch):
    monkeypatch.setattr(processor.sys, "platform", "darwin")
    monkeypatch.setattr(processor.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(processor, "_on_macos", lambda name: name != b"hw.optional.avx512bw")
    assert processor.suitable() == ["x86-64-v3", "x86-64-v2"]
