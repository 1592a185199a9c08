"""Models and cards are regular files of bounded size, and nothing else is waited for."""

import os
import socket
from pathlib import Path

import pytest

from biometal_stream.errors import ModelError
from biometal_stream.models.files import check_file, read_file
from biometal_stream.models.library import find_model


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """A function that puts something that is no regular file at a path."""
    monkeypatch.chdir(tmp_path)

    def make(kind, path):
        path = Path(path)
        if kind == "a named pipe":
            os.mkfifo(path)
        elif kind == "a device":
            path.symlink_to("/dev/zero")
        elif kind == "a folder":
            path.mkdir()
        else:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
        return path

    return make


KINDS = ("a named pipe", "a device", "a folder", "a socket")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_a_regular_file(odd, kind):
    path = odd(kind, "odd")
    told = "is .*; models and cards must be regular files$|cannot be read: No such device"
    with pytest.raises(ModelError, match=told):
        read_file(path, 100)
    with pytest.raises(
        ModelError, match=f"^odd: is {kind}; models and cards must be regular files"
    ):
        check_file(path, 100)


@pytest.mark.parametrize("kind", KINDS[:2])
@pytest.mark.parametrize("name", ["m.onnx", "m/card.json", "m/model.onnx", "beside.json"])
def test_a_model_that_is_not_a_regular_file(odd, models, about, kind, name):
    Path("m").mkdir()
    card = models.parent.parent.parent / "models" / "shipped" / "quality" / "card.json"
    if name == "m/model.onnx":
        text = card.read_text().replace('"int8": "model.int8.onnx"', '"x": "model.onnx"')
        Path("m/card.json").write_text(text)
    if name == "beside.json":
        Path("beside.onnx").write_bytes((models / "bare.onnx").read_bytes())
    odd(kind, name)
    model = {"m.onnx": "m.onnx", "beside.json": "beside.onnx"}.get(name, "m")
    told = "must be regular files$|is a link out of its folder, to /dev/zero; put a copy there$"
    with pytest.raises(ModelError, match=told):
        find_model(model, **(about if name == "m.onnx" else {}))


def test_the_size(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_file(path, 100) == b"x" * 100
    assert check_file(path, 100) == 100
    for work in (read_file, check_file):
        with pytest.raises(ModelError, match=r"file: is larger than 0 MiB, the most that is read"):
            work(path, 99)
        with pytest.raises(ModelError, match=r"nothing: cannot be read: No such file"):
            work(tmp_path / "nothing", 99)


def test_a_card_that_is_large(tmp_path):
    with (tmp_path / "card.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ModelError, match=r"card.json: is larger than 1 MiB"):
        find_model(tmp_path)


def test_a_model_that_is_large(tmp_path, about):
    with (tmp_path / "large.onnx").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ModelError, match=r"large.onnx: is larger than 2,048 MiB"):
        find_model(tmp_path / "large.onnx", **about)


def test_a_card_that_is_a_link(tmp_path, models, about):
    for name in ("inside", "outside"):
        (tmp_path / name).mkdir()
    card = (
        models.parent.parent.parent / "models" / "shipped" / "quality_linear" / "card.json"
    ).read_text()
    (tmp_path / "outside" / "other.json").write_text(card)
    (tmp_path / "inside" / "card.json").symlink_to("../outside/other.json")
    with pytest.raises(
        ModelError, match=r"inside/card.json: is a link out of its folder, to .*other"
    ):
        find_model(tmp_path / "inside")
    (tmp_path / "inside" / "card.json").unlink()
    (tmp_path / "inside" / "card.json").symlink_to("card.json")
    with pytest.raises(ModelError, match=r"card.json"):
        find_model(tmp_path / "inside")
    (tmp_path / "inside" / "card.json").unlink()
    (tmp_path / "inside" / "mine.json").write_text(card)
    (tmp_path / "inside" / "card.json").symlink_to("mine.json")
    (tmp_path / "inside" / "model.onnx").write_bytes((models / "bare.onnx").read_bytes())
    assert find_model(tmp_path / "inside").card.name == "quality_linear"
