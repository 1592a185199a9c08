"""The packages that are installed."""

from importlib.metadata import PackageNotFoundError

from biometal_stream.cli.doctor import packages


def test_engines_that_are_not_there_are_named(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    found = packages.engines().found
    assert found.startswith("none; not installed: daft, datafusion, duckdb, polars, pyspark, ray")


def test_what_train_needs_is_named(monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: "1.0")
    assert packages.training().state == "ok"

    def missing(name):
        if name == "torch":
            raise PackageNotFoundError(name)
        return "1.0"

    monkeypatch.setattr("importlib.metadata.version", missing)
    finding = packages.training()
    assert finding.state == "note"
    assert finding.found.startswith("not installed: torch; only train needs them: pip install")
