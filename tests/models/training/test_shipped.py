"""The shipped models hold what their cards say, on real reads that they were not trained on."""

import numpy as np
import pytest

from biometal_stream.models.library import find_model, shipped
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.training.batches import logits_of
from biometal_stream.models.training.reads import load_reads, sources_of
from biometal_stream.models.training.tasks.quality import TASK
from biometal_stream.models.training.variants import in_calls

MODELS = ("quality", "quality_linear")
WHEEL_BYTES = 300 * 1024


@pytest.fixture(scope="module")
def unseen(data):
    """249 reads of 7 files, about half of them near the threshold."""
    files = [str(data / "unseen_reads.fastq.gz")]
    return load_reads(TASK, sources_of(files), ("quality",), 10**6)


@pytest.mark.parametrize("name", MODELS)
def test_figures_of_the_card(name):
    card = shipped()[name]
    scores = card.metrics["held_out"]
    assert scores["reads"] == sum(each["reads"] for each in card.metrics["held_out_files"].values())
    assert scores["reads"] > 100_000
    assert scores["accuracy"] >= 0.995
    assert scores["near_reads"] > 500
    assert scores["near_accuracy"] >= 0.95
    assert not set(card.training["files"]) & set(card.training["held_out_files"])
    assert card.training["parameters"] == (301 if name == "quality_linear" else 46_849)
    for precision in card.files:
        assert card.metrics["variants"][precision]["accuracy"] >= 0.995
        assert card.metrics["variants"][precision]["near_accuracy"] >= 0.95
    cost = card.metrics["cost"]
    assert cost["rule"] < cost["fp32"] < cost["one_by_one"]
    assert "exact rule" in card.description


@pytest.mark.parametrize("name", MODELS)
def test_the_files_hold_it(name, unseen):
    model = find_model(name)
    near = unseen.near
    assert near.sum() > 100
    logits = {}
    for precision in model.files:
        predictor = open_predictor(model, provider="cpu", precision=precision)
        logits[precision] = logits_of(
            in_calls(predictor), unseen, np.arange(len(unseen)), model.card.encoding
        )
        predictor.close()
        right = (logits[precision] >= 0) == unseen.labels
        assert right[near].mean() >= 0.93  # of 109 reads: 95 % and what chance allows
        assert right[~near].mean() >= 0.995
    for found in logits.values():
        assert ((found >= 0) == (logits["fp32"] >= 0)).mean() >= 0.99


def test_the_size_in_the_wheel():
    size = 0
    for name in MODELS:
        model = find_model(name)
        files = [*model.files.values(), model.folder / "card.json"]
        assert {each.name for each in model.folder.iterdir()} == {each.name for each in files}
        size += sum(each.stat().st_size for each in files)
    assert size <= WHEEL_BYTES


def test_the_exact_rule_is_what_the_labels_are(unseen, data):
    import biometal_stream as bs

    rule = bs.read_fastq(data / "unseen_reads.fastq.gz") | bs.MinLength(50)
    rule |= bs.MinArithmeticMeanQuality(20)
    assert sum(batch.num_rows for batch in rule.batches()) == unseen.labels.sum()
