"""Training is the same whether it was ended and resumed or not, and stops early."""

import dataclasses

import numpy as np
import pytest

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.training import TrainingSettings
from biometal_stream.models.training.checkpoints import Checkpoint
from biometal_stream.models.training.fitting import Fitting, fit
from biometal_stream.models.training.networks import build_network, count_parameters
from biometal_stream.models.training.splitting import split_rows
from biometal_stream.models.training.tasks.quality import TASK

torch = pytest.importorskip("torch")

SETTINGS = TrainingSettings(epochs=4, epoch_reads=1500, batch_size=128, learning_rate=0.003)


@pytest.fixture
def start(synthetic_reads, tmp_path):
    def started(settings=SETTINGS, name="checkpoint.pt", tell=None):
        reads = synthetic_reads
        network = build_network(settings.network, 300, settings.seed)
        split = split_rows(reads.labels.astype(np.int64), settings.seed)
        encoding = Encoding(settings.encoding)
        return Fitting(TASK, network, reads, split, encoding, settings, tmp_path / name, tell)

    return started


def weights(fitting):
    return [each.detach().numpy().copy() for each in fitting.network.parameters()]


def test_networks_have_the_parameters_that_they_should():
    assert count_parameters(build_network("mlp", 300, 0)) == 46_849
    assert count_parameters(build_network("linear", 300, 0)) == 301
    one, same, other = (build_network("mlp", 300, seed) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(one.parameters(), same.parameters(), strict=True))
    assert (next(one.parameters()) != next(other.parameters())).any()


def test_a_killed_and_resumed_run_gives_the_same(start):
    whole = start(name="whole.pt")
    expected = fit(whole)
    assert len(expected.epochs) == 4

    class Killed(BaseException):
        pass

    def kill(now):
        if (now.epoch, now.step) == (3, 5):
            raise Killed

    state = torch.random.get_rng_state()
    with pytest.raises(Killed):
        fit(start(tell=kill))
    resumed = start()
    torch.manual_seed(99)  # whatever the process did meanwhile
    found = fit(resumed, resume=True)
    torch.random.set_rng_state(state)
    assert found.epochs == expected.epochs
    assert all((a == b).all() for a, b in zip(weights(whole), weights(resumed), strict=True))
    assert not resumed.network.training


def test_torch_is_left_as_it_was(start):
    state, threads = torch.random.get_rng_state(), torch.get_num_threads()
    fit(start(dataclasses.replace(SETTINGS, epochs=1)))
    assert (torch.random.get_rng_state() == state).all()
    assert torch.get_num_threads() == threads


def test_the_best_weights_are_kept_and_training_stops(start):
    settings = dataclasses.replace(SETTINGS, epochs=30, patience=2, learning_rate=0.5)
    fitting = start(settings)
    state = fit(fitting)
    losses = [epoch["validation_loss"] for epoch in state.epochs]
    assert len(losses) < 30
    assert state.best_epoch == int(np.argmin(losses)) == len(losses) - 3
    kept = fitting.network.state_dict()
    assert all((kept[name] == state.best[name]).all() for name in kept)
    assert any((state.best[name] != state.network[name]).any() for name in kept)


def test_learning_happens(start):
    fitting = start(dataclasses.replace(SETTINGS, augment=False))
    state = fit(fitting)
    losses = [epoch["train_loss"] for epoch in state.epochs]
    assert losses[-1] < losses[0] / 2
    assert state.epochs[-1]["validation_accuracy"] > 0.9


def test_bases_are_taken_along_where_the_encoding_reads_them(start, real_reads):
    settings = dataclasses.replace(SETTINGS, encoding="sequence-quality-300/1", epochs=1)
    fitting = dataclasses.replace(
        start(settings),
        reads=real_reads,
        split=split_rows(real_reads.labels.astype(np.int64), 0),
    )
    assert 0 < fit(fitting).epochs[0]["validation_loss"] < 1


def test_a_checkpoint_of_another_run_is_refused(start):
    fit(start(dataclasses.replace(SETTINGS, epochs=1)))
    with pytest.raises(ConfigurationError, match=r"another run \(batch-size, seed\)"):
        fit(start(dataclasses.replace(SETTINGS, seed=1, batch_size=64)), resume=True)
    fitting = start()
    few = dataclasses.replace(fitting.reads, labels=~fitting.reads.labels)
    with pytest.raises(ConfigurationError, match="other reads"):
        fit(dataclasses.replace(fitting, reads=few), resume=True)


def test_no_checkpoint_and_a_broken_one(tmp_path, start):
    with pytest.raises(ModelError, match="no checkpoint; train without --resume"):
        fit(start(), resume=True)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(b"PK not a checkpoint")
    with pytest.raises(ModelError, match="is damaged"):
        Checkpoint.load(path)
    torch.save(
        {"format": 9, "run": {}, "network": {}, "best": {}, "optimizer": {}, "schedule": {}}, path
    )
    with pytest.raises(ModelError, match="another version"):
        Checkpoint.load(path)
