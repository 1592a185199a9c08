"""The doctor looks at everything and says what is broken."""

import json
import os
import sys

import pytest

from biometal_stream.cli import doctor
from biometal_stream.cli.main import main
from biometal_stream.errors import MissingExtraError
from biometal_stream.models import runtime


def test_a_healthy_machine(capsys):
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is True
    findings = {finding["what"]: finding for finding in told["findings"]}
    assert findings["trial run"]["found"].startswith("2,000 bundled reads")
    assert "CPUExecutionProvider" in findings["ONNX Runtime"]["found"]
    for what in ("cores", "memory", "SIMD", "zstd", "gzip (ISA-L)", "numba cache", "rapidgzip"):
        assert findings[what]["found"]


def test_what_is_broken_fails(capsys, monkeypatch):
    def broken():
        raise ImportError("libdeflate.so: not there")

    monkeypatch.setattr(doctor, "_codecs", broken)
    monkeypatch.setattr(doctor, "_trial", lambda: doctor.Finding("trial run", "none"))
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("codecs")]
    assert line.split(maxsplit=1)[1].startswith("broken")
    assert line.endswith("ImportError: libdeflate.so: not there")


def test_onnx_runtime_keeps_to_itself(monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    assert runtime.onnxruntime().__name__ == "onnxruntime"
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtraError, match="pip install onnxruntime"):
        runtime.providers()


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
    monkeypatch.setattr(doctor.platform, "machine", lambda: "x86_64")
    assert doctor.simd_width(features)[:2] == (bits, name)


def test_the_quota_of_a_control_group(tmp_path):
    group = tmp_path / "sys/fs/cgroup/batch/job"
    group.mkdir(parents=True)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/batch/job\n")
    assert doctor.cgroup_cores(tmp_path) is None
    (group / "cpu.max").write_text("max 100000\n")
    (group.parent / "cpu.max").write_text("150000 100000\n")
    assert doctor.cgroup_cores(tmp_path) == 1.5
    assert doctor.cgroup_cores(tmp_path / "nowhere") is None
