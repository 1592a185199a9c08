"""That a task is one new file, which Python and the command line then have."""

import numpy as np
import pytest

from biometal_stream.cli.commands import own_command
from biometal_stream.cli.main import main
from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.models.library import find_model
from biometal_stream.models.training import TrainingSettings, synthesize, tasks, train
from biometal_stream.models.training.tasks import about_task, load_task, task_names

NEW = '''"""Which reads begin with a high quality."""

import numpy as np

from biometal_stream.models.training.task import Task
from biometal_stream.view import BatchView


class Start(Task):
    labels = ("LOW", "HIGH")
    rule = {"first": 30}
    hard = "at least Phred 20"

    def label(self, batch):
        quality = BatchView(batch).text("quality")
        first = quality.data[np.minimum(quality.starts, len(quality.data) - 1)]
        phred = np.where(quality.lengths > 0, first.astype(int) - 33, 0)
        return phred >= 30, phred >= 20

    def describe(self, network):
        return f"Tells whether the first base has a Phred score of at least 30, by {network}."


TASK = Start()
'''


@pytest.fixture
def new(tmp_path, monkeypatch):
    """A folder with a task beside those that there are."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "start.py").write_text(NEW)
    monkeypatch.setattr(tasks, "__path__", [*tasks.__path__, str(folder)])
    own_command.cache_clear()
    yield
    own_command.cache_clear()


def test_the_tasks():
    assert task_names() == ("quality",)
    assert about_task("quality").startswith("Which reads pass min-arithmetic-mean-quality 20")
    assert load_task("quality").name == "quality"
    with pytest.raises(ConfigurationError, match="must be one of quality: taxonomy"):
        load_task("taxonomy")


@pytest.mark.usefixtures("new")
def test_a_new_task_is_on_the_command_line(capsys):
    assert task_names() == ("quality", "start")
    assert main(["train", "--help"]) == 0
    told = capsys.readouterr().out
    assert "What to learn: quality, start." in told
    assert "  start    Which reads begin with a high quality." in told


@pytest.mark.filterwarnings("ignore:only 123 of 2,500 reads are within 1 of Phred 20")
@pytest.mark.usefixtures("new")
def test_a_new_task_is_trained(tmp_path):
    for name in ("torch", "onnx", "onnxscript", "sklearn", "matplotlib"):
        pytest.importorskip(name)
    synthesize(tmp_path / "a.fq", reads=2500, seed=1)
    settings = TrainingSettings(epochs=3, network="linear", variants=("fp16",), learning_rate=0.05)
    trained = train("start", tmp_path / "a.fq", out=tmp_path / "model", settings=settings)
    card = find_model(trained.folder).card
    assert card.labels == ("LOW", "HIGH")
    assert card.description.endswith("at least 30, by linear.")
    assert card.training["task"] == "start"
    assert card.training["rule"] == {"first": 30}
    assert set(card.metrics["variants"]) == {"fp32", "fp16"}
    assert card.metrics["test"]["accuracy"] > 0.8
    with pytest.raises(ConfigurationError, match=r"of another run \(another task\)"):
        train("quality", tmp_path / "a.fq", out=tmp_path / "model", settings=settings, resume=True)


@pytest.mark.usefixtures("new")
def test_too_few_reads_of_a_label(tmp_path):
    from biometal_stream.models.training.labelled import LabelledReads
    from biometal_stream.models.training.reads import check_reads

    labels = np.zeros(30, bool)
    reads = LabelledReads(None, None, labels, labels, np.zeros(30, int), ("x",))
    with pytest.raises(DataError, match=r"only 0 of 30 reads are HIGH.*add such reads"):
        check_reads(load_task("start"), reads)
