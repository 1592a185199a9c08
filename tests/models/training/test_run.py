"""From files of reads to a model that the stream can use."""

import json
import re

import numpy as np
import pytest

from biometal_stream.cli.main import main
from biometal_stream.errors import (
    ConfigurationError,
    DataError,
    InputWarning,
    MissingExtraError,
    ModelError,
)
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.training import TrainingSettings, synthesize, train
from biometal_stream.models.training.batches import logits_of
from biometal_stream.models.training.reads import load_reads, sources_of
from biometal_stream.models.training.tasks.quality import TASK
from biometal_stream.models.training.variants import in_calls

for name in ("torch", "onnx", "onnxscript", "sklearn", "matplotlib"):
    pytest.importorskip(name)

PNG = b"\x89PNG"


def test_the_folder(run):
    assert {each.name for each in run.folder.iterdir()} == {
        "calibration.png",
        "card.json",
        "checkpoint.pt",
        "learning_curve.png",
        "model.fp16.onnx",
        "model.int8.onnx",
        "model.onnx",
    }
    for picture in ("calibration.png", "learning_curve.png"):
        content = (run.folder / picture).read_bytes()
        assert content.startswith(PNG)
        assert len(content) > 5000


def test_the_card(run):
    card = find_model(run.folder).card
    assert (card.name, card.licence, card.labels) == ("small", "CC0-1.0", ("FAIL", "PASS"))
    assert (card.windows, card.pooling, card.output) == ("even", "mean", "logit")
    assert card.training["parameters"] == 46_849
    assert card.training["files"] == ["a.fq.gz"]
    assert card.training["held_out_files"] == ["unseen.fq.zst"]
    reads = card.training["reads"]
    assert (reads["train"], reads["held_out"]) == (4200, 1500)
    assert card.metrics["held_out"]["reads"] == 1500
    assert card.metrics["held_out"]["accuracy"] > 0.9
    assert card.metrics["test"]["roc_auc"] > 0.98
    assert set(card.metrics["variants"]) == {"fp32", "int8", "fp16"}
    for precision, most in (("fp32", 1e-5), ("fp16", 0.01), ("int8", 0.2)):
        found = card.metrics["variants"][precision]
        assert found["largest_probability_difference"] < most
        assert found["agreement"] > 0.98
    cost = card.metrics["cost"]
    assert cost["rule"] < cost["int8"] < cost["one_by_one"]


def test_the_files_tell_what_they_are(run):
    model = find_model(run.folder)
    for precision, path in model.files.items():
        alone = find_model(path)
        assert alone.card.encoding == model.card.encoding
        assert alone.card.labels == model.card.labels
        assert not alone.card.metrics
        assert list(alone.files) == [precision]


def test_predictions_are_those_that_the_card_tells(run):
    model = find_model(run.folder)
    reads = load_reads(TASK, sources_of(run.settings.held_out), ("quality",), 10**6)
    for precision in model.files:
        predictor = open_predictor(model, provider="cpu", precision=precision)
        logits = logits_of(in_calls(predictor), reads, np.arange(len(reads)), model.card.encoding)
        predictor.close()
        accuracy = ((logits >= 0) == reads.labels).mean()
        told = model.card.metrics["variants"][precision]["accuracy"]
        assert accuracy == pytest.approx(told, abs=1e-6)


def test_exporting_again_gives_the_same_bytes(run):
    names = ("model.onnx", "model.int8.onnx", "model.fp16.onnx")
    before = {name: (run.folder / name).read_bytes() for name in names}
    again = run.again(export_only=True)
    assert again.epochs == 3
    assert {name: (run.folder / name).read_bytes() for name in names} == before


def test_an_existing_run_is_not_trampled(run):
    with pytest.raises(ConfigurationError, match="--resume goes on"):
        run.again()


def test_bad_data(tmp_path):
    (tmp_path / "empty.fq").write_text("")
    (tmp_path / "good.fq").write_text(f"@a\n{'A' * 60}\n+\n{'I' * 60}\n" * 50)
    (tmp_path / "bad.fq").write_text(f"@a\n{'A' * 60}\n+\n{'#' * 60}\n" * 50)
    good, bad = str(tmp_path / "good.fq"), str(tmp_path / "bad.fq")
    for files, held_out, fault, words in (
        ([], (), ConfigurationError, "name a file"),
        (str(tmp_path / "empty.fq"), (), DataError, "empty.fq: there are no reads"),
        (good, (), DataError, "only 0 of 50 reads are FAIL.*--synthetic"),
        ([bad], (), DataError, "only 0 of 50 reads are PASS.*higher quality"),
        ([good, bad], (good,), ConfigurationError, "held-out must not be trained on"),
        ([good, bad], (str(tmp_path / "empty.fq"),), DataError, "empty.fq: there are no reads"),
    ):
        with pytest.raises(fault, match=words):
            train_quietly(files, tmp_path / "out", held_out)
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigurationError, match="task"):
        train("taxonomy", good, out=tmp_path / "out")
    for wish in ({"resume": True}, {"export_only": True}):
        with pytest.raises(ModelError, match="no checkpoint"):
            train("quality", [good, bad], out=tmp_path / "out", **wish)
    assert not (tmp_path / "out").exists()


def train_quietly(files, out, held_out):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        train("quality", files, out=out, settings=TrainingSettings(held_out=held_out))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"variants": ("int4",)}, "variants must be of"),
        ({"network": "linear", "variants": ("int8",)}, "no int8 variant"),
        ({"epochs": 0}, "at least 1"),
        ({"network": "transformer"}, "one of mlp, linear"),
        ({"encoding": "tokens/1"}, "one of quality-mask/1"),
        ({"learning_rate": float("nan")}, "learning-rate"),
    ],
)
def test_settings_that_cannot_be(settings, words):
    with pytest.raises(ConfigurationError, match=words):
        TrainingSettings(**settings)


def test_variants():
    assert TrainingSettings().precisions == ("fp32", "int8", "fp16")
    assert TrainingSettings(network="linear").precisions == ("fp32", "fp16")
    assert TrainingSettings(variants=("fp32",)).precisions == ("fp32",)
    assert TrainingSettings(variants=("mlpackage", "int8")).precisions == (
        "fp32",
        "int8",
        "mlpackage",
    )


def test_files_of_one_name_are_told_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        synthesize(tmp_path / folder / "x.fq", reads=4, length=10)
    paths = [str(tmp_path / folder / "x.fq") for folder in ("a", "b")]
    assert [name for name, _ in sources_of(paths)] == paths
    assert [name for name, _ in sources_of(paths[:1], synthetic=5, seed=3)] == [
        "x.fq",
        "synthetic reads (seed 3)",
    ]


def test_a_missing_extra_is_named(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(MissingExtraError, match=re.escape("pip install 'biometal-stream[train]'")):
        train("quality", "reads.fq", out=tmp_path)


def test_on_the_command_line(tmp_path, capsys):
    out, reads = tmp_path / "line", str(tmp_path / "reads.fq")
    synthesize(reads, reads=400)
    words = ["--progress", "train", "quality", reads, "--out", str(out), "--network", "linear"]
    words += ["--epochs", "2", "--learning-rate", "0.02", "--variants", "fp32"]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert [line.split()[0] for line in printed.out.splitlines()] == ["line", "test", "fp32"]
    assert "epoch 2 of 2  loss" in printed.err
    assert "warning: only" in printed.err
    assert re.search(f"2 epochs, the best was number [12] -> {re.escape(str(out))}", printed.err)
    card = json.loads((out / "card.json").read_text())
    assert card["training"]["parameters"] == 301
    assert card["files"] == {"fp32": "model.onnx"}
    assert main(words) == 2
    assert "--resume goes on" in capsys.readouterr().err
    assert main([*words[1:], "--resume"]) == 0
    assert capsys.readouterr().err.count("epoch ") == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("train taxonomy x.fq --out o", "'taxonomy' is not one of quality"),
        ("train quality x.fq", "missing option '--out'"),
        ("train quality x.fq --out o --epochs 0", "--epochs must be at least 1"),
        ("train quality x.fq --out o --variants x", "--variants must be of"),
        ("--threads 2 train quality x.fq --out o", "train uses one thread"),
    ],
)
def test_wrong_usage(line, words, capsys):
    assert main(line.split()) == 2
    assert words in capsys.readouterr().err


def test_progress_on_a_terminal(monkeypatch):
    import io
    import sys

    from biometal_stream.cli.options import Options
    from biometal_stream.cli.train import _progress
    from biometal_stream.models.training import Progress

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with _progress(Options()) as tell:
        tell(Progress(2, 5, 10, 20, 0.25, 0.9))
    assert "epoch 2 of 5" in screen.getvalue()
    assert "accuracy 90.0 %" in screen.getvalue()
    with _progress(Options(quiet=True)) as tell:
        assert tell is None
