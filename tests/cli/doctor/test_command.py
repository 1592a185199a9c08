"""The doctor looks at everything and says what is broken."""

import json
from importlib.metadata import version

from biometal_stream.cli.doctor import command, packages, trial
from biometal_stream.cli.doctor.finding import Finding
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError
from biometal_stream.models.library import shipped


def test_a_healthy_machine(capsys):
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is True
    findings = {finding["what"]: finding for finding in told["findings"]}
    assert findings["trial run"]["found"].startswith("2,000 bundled reads")
    assert "CPUExecutionProvider" in findings["ONNX Runtime"]["found"]
    assert findings["providers"]["found"].startswith("models run on ")
    assert "cpu" in findings["providers"]["found"]
    for name in shipped():
        assert findings[f"model {name}"]["state"] == "ok"
        assert "predicts on " in findings[f"model {name}"]["found"]
    for what in ("cores", "memory", "SIMD", "zstd", "gzip (ISA-L)", "kernels", "rapidgzip"):
        assert findings[what]["found"]
    assert f"polars {version('polars')}" in findings["engines"]["found"]


def test_an_error_of_ours_is_said_without_its_class(monkeypatch):
    def broken():
        raise ConfigurationError("unset that")

    monkeypatch.setattr(trial, "trial_run", broken)
    (finding,) = [each for each in command.examine() if each.what == "trial run"]
    assert finding == Finding("trial run", "unset that", "broken")


def test_what_is_broken_fails(capsys, monkeypatch):
    def broken():
        raise ImportError("libdeflate.so: not there")

    monkeypatch.setattr(packages, "codecs", broken)
    monkeypatch.setattr(trial, "trial_run", lambda: Finding("trial run", "none"))
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    (line,) = [line for line in lines if line.startswith("codecs")]
    assert line.split(maxsplit=1)[1].startswith("broken")
    assert line.endswith("ImportError: libdeflate.so: not there")
