"""Models that loop or take memory end in one line, or at a signal, wherever they are called."""

import signal
import threading

import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.errors import PredictionError
from biometal_stream.models.predictor import Calls
from biometal_stream.operators import Predict
from tests.models.hostile import BARE, COMMAND, save
from tests.operators.conformance import reads

GOOD = "@a\nACGT\n+\nIIII\n"
HIGH = "@b\nACGT\n+\n~~~~\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with reads, the last of which has a score that no trial has."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reads.fq").write_text(GOOD * 9 + HIGH)
    return tmp_path


@pytest.fixture
def signalled(monkeypatch):
    """A function that has a signal sent when a model is called for some time, from the first."""

    def send(number, call):
        if signal.getsignal(number) is signal.SIG_IGN:
            pytest.skip("the signal is ignored, as under nohup")
        usual, seen = Calls.running, []

        def running(self, stop):
            seen.append(stop)
            if len(seen) == call:
                signal.pthread_kill(threading.main_thread().ident, number)
            return usual(self, stop)

        monkeypatch.setattr(Calls, "running", running)

    return send


@pytest.mark.parametrize("kind", ["loop", "loop_by_rows"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_trial_that_loops(folder, signalled, capsys, kind, number):
    save(folder / "m.onnx", kind)
    signalled(number, 2)  # the first call is that which loads it
    before = set(folder.iterdir())
    words = f"read reads.fq predict m.onnx {COMMAND} write out.parquet"
    assert main(words.split()) == 128 + number
    assert capsys.readouterr().err == "biometal-stream: interrupted\n"
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize("threads", ["1", "3"])
def test_a_signal_ends_a_run_that_loops(folder, signalled, capsys, threads):
    save(folder / "m.onnx", "late_loop")
    signalled(signal.SIGTERM, 23)  # after those that load and try it
    before = set(folder.iterdir())
    words = f"--threads {threads} read reads.fq predict m.onnx {COMMAND} write out.fq"
    assert main(words.split()) == 128 + signal.SIGTERM
    assert capsys.readouterr().err == "biometal-stream: interrupted\n"
    assert set(folder.iterdir()) == before


def test_ctrl_c_ends_a_call_from_python_and_the_next_one_works(folder, signalled, monkeypatch):
    predict = Predict(str(save(folder / "m.onnx", "late_loop")), **BARE)
    good, high = (bs.read_fastq("reads.fq") | bs.Where(f"name == '{each}'") for each in "ab")
    (batch,), (looping,) = (
        [each for each in one.batches() if each.num_rows] for one in (good, high)
    )
    before = predict(batch)
    signalled(signal.SIGINT, 1)
    with pytest.raises(KeyboardInterrupt):
        predict(looping)
    monkeypatch.undo()
    assert predict(batch).equals(before)


def test_a_run_that_ends_ends_its_model(folder, monkeypatch):
    predict = Predict(str(save(folder / "m.onnx", "late_loop")), **BARE)
    (batch,) = bs.read_fastq("reads.fq").batches()
    begun, usual, errors = threading.Event(), Calls.running, []

    def running(self, stop):
        begun.set()
        return usual(self, stop)

    def work():
        try:
            function(batch)
        except PredictionError as error:
            errors.append(str(error))

    with predict.open() as function:
        monkeypatch.setattr(Calls, "running", running)
        thread = threading.Thread(target=work)
        thread.start()
        begun.wait()
        assert function.interrupt()
        thread.join()
    assert len(errors) == 1


def test_one_run_that_is_interrupted_leaves_others_alone(data):
    bare = BARE | {"encoding": "sequence-quality-300/1"}
    predict = Predict(str(data / "models" / "bare.onnx"), **bare)
    first, second = predict.cached(), predict.cached()
    assert first.interrupt()
    assert second._predicted(reads(), second._calls).equals(predict(reads()))
    with pytest.raises(PredictionError, match="the run has ended"):
        first._predicted(reads(), first._calls)


@pytest.mark.parametrize(
    ("kind", "status", "told"),
    [
        (
            "hungry_by_rows",
            1,
            "m.onnx: needs more than 512 MiB of memory for a call of 1,024 rows (",
        ),
        ("giant", 1, "m.onnx: needs more than 512 MiB of memory"),
        ("late_giant", 1, "m.onnx: needs more than 512 MiB of memory for a call of 12 rows ("),
        ("batch_of_a_billion", 1, "m.onnx: takes 1,000,000,000 rows a call, which are"),
        ("answer_by_rows", 1, "for the same row, "),
    ],
)
def test_the_program_says_one_line(folder, capsys, kind, status, told):
    save(folder / "m.onnx", kind)
    before = set(folder.iterdir())
    words = f"read reads.fq predict m.onnx {COMMAND} write out.fq"
    assert main(words.split()) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line
    assert set(folder.iterdir()) == before
