"""Models are found by name, folder or file; whatever is amiss is one clear line."""

import json
import os
import pickle
import shutil

import pytest

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models import library
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import find_model, read_card, shipped

CARD = Card(
    name="good",
    version="3",
    description="",
    encoding=Encoding("sequence-quality-300/1"),
    output="logit",
    labels=("FAIL", "PASS"),
)


def make_folder(folder, models, **changes):
    """A folder with a card and the bare model."""
    folder.mkdir(parents=True)
    shutil.copy(models / "bare.onnx", folder / "model.onnx")
    values = json.loads(CARD.to_json()) | changes
    (folder / "card.json").write_text(json.dumps(values))
    return folder


@pytest.fixture
def shelf(tmp_path, models, monkeypatch):
    """A package that ships the model ``good``."""
    monkeypatch.setattr(library, "_SHIPPED", tmp_path / "shipped")
    make_folder(tmp_path / "shipped" / "good", models)
    (tmp_path / "shipped" / "sessions").mkdir()
    return tmp_path / "shipped"


def fails(model, told, **more):
    with pytest.raises(ModelError, match=told) as caught:
        find_model(model, **more)
    assert "\n" not in str(caught.value)


def test_what_is_shipped_can_be_found():
    for name, card in shipped().items():
        assert find_model(name).card == card


def test_a_shipped_model(shelf, tmp_path, monkeypatch):
    assert shipped() == {"good": CARD}
    model = find_model("good")
    assert (model.card, model.folder) == (CARD, shelf / "good")
    assert model.files == {"fp32": shelf / "good" / "model.onnx"}
    assert pickle.loads(pickle.dumps(model)) == model
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good").mkdir()
    assert find_model("good") == model
    fails("./good", "has no card.json")


def test_nothing_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "_SHIPPED", tmp_path)
    assert shipped() == {}
    fails("good", "^'good': there is no such file or folder, and no model is shipped$")


@pytest.mark.parametrize("name", ["goood", "Good", "god"])
def test_a_name_that_is_nearly_right(shelf, name):
    fails(name, f"^{name}: there is no such file or shipped model; did you mean 'good'\\?$")


@pytest.mark.parametrize("name", ["", "nothing/like/it", "a\0b", "x" * 5000])
def test_a_name_that_is_not(shelf, name):
    fails(name, "there is no such file or folder, and shipped are good$")


def test_a_folder(tmp_path, models):
    folder = make_folder(tmp_path / "mine", models)
    assert find_model(folder).card == CARD
    assert find_model(str(folder)).files == {"fp32": folder / "model.onnx"}
    assert find_model(os.fsencode(folder)) == find_model(folder)


def test_a_folder_behind_a_link(tmp_path, models):
    make_folder(tmp_path / "mine", models)
    (tmp_path / "link").symlink_to("mine")
    assert find_model(tmp_path / "link").card == CARD


def test_a_folder_without_a_card(tmp_path):
    fails(tmp_path, "has no card.json, which says what a model reads and returns; for a model with")


def test_a_card_that_is_broken(tmp_path, models):
    folder = make_folder(tmp_path / "mine", models, colour="red")
    fails(folder, f"^{folder}/card.json: unknown key 'colour'")
    (folder / "card.json").unlink()
    (folder / "card.json").mkdir()
    fails(folder, f"^{folder}/card.json: is a folder; models and cards must be regular files$")


def test_a_file_that_is_missing(tmp_path, models):
    folder = make_folder(tmp_path / "mine", models, files={"fp32": "model.onnx", "int8": "q.onnx"})
    fails(folder, "card.json: key 'files.int8': there is no q.onnx in ")


def test_a_file_outside(tmp_path, models):
    folder = make_folder(tmp_path / "mine", models, files={"fp32": "../model.onnx"})
    fails(folder, "card.json: key 'files.fp32' must be a path below the model's folder")
    folder = make_folder(tmp_path / "other", models, files={"fp32": "link.onnx"})
    (folder / "link.onnx").symlink_to(models / "bare.onnx")
    fails(folder, "card.json: key 'files.fp32': link.onnx is a link out of its folder, to ")
    (folder / "link.onnx").unlink()
    (folder / "link.onnx").symlink_to("link.onnx")
    fails(folder, "card.json: key 'files.fp32': there is no link.onnx in ")
    (folder / "link.onnx").unlink()
    (folder / "link.onnx").symlink_to("model.onnx")
    assert find_model(folder).files == {"fp32": folder / "link.onnx"}


def test_a_file_of_another_kind(tmp_path, models):
    folder = make_folder(tmp_path / "mine", models, files={"fp32": "card.json"})
    fails(folder, "key 'files.fp32': card.json is neither .onnx nor .mlpackage")
    folder = make_folder(tmp_path / "other", models, files={"fp32": "m.mlpackage"})
    (folder / "m.mlpackage").touch()
    fails(folder, "key 'files.fp32': m.mlpackage is not what its name says")
    fails(folder / "m.mlpackage", "is not a folder, as what ends in .mlpackage must be")
    (folder / "m.onnx").mkdir()
    fails(folder / "m.onnx", "is not a file, as what ends in .onnx must be")
    fails(folder / "card.json", "is not a model: name an .onnx file, a .mlpackage, a folder with")


def test_a_file_with_metadata(models):
    model = find_model(models / "linear.onnx")
    assert (model.card.name, model.card.labels) == ("linear", ("FAIL", "PASS"))
    assert model.files == {"fp32": models / "linear.onnx"}
    assert model.card.files == {"fp32": "linear.onnx"}
    assert model.folder == models


def test_a_file_with_a_card_beside_it(tmp_path, models):
    path = tmp_path / "mine.onnx"
    shutil.copy(models / "bare.onnx", path)
    values = json.loads(CARD.to_json()) | {"files": {"fp32": "a.onnx", "int8": "mine.onnx"}}
    path.with_suffix(".json").write_text(json.dumps(values))
    model = find_model(path)
    assert (model.card.name, model.card.files) == ("good", {"int8": "mine.onnx"})
    assert model.files == {"int8": path}
    path.with_suffix(".json").write_text(CARD.to_json())
    fails(path, "mine.json: lies next to mine.onnx but is the card of model.onnx")
    path.with_suffix(".json").write_text("{}")
    fails(path, "mine.json: lacks the key 'name'")


def test_a_file_of_which_the_caller_tells(models, about, tmp_path):
    model = find_model(models / "bare.onnx", **about)
    assert (model.card.name, model.card.output, model.card.labels) == (
        "bare",
        "logit",
        ("FAIL", "PASS"),
    )
    assert model.files == {"fp32": models / "bare.onnx"}
    shutil.copy(models / "bare.onnx", tmp_path / "_my model (2).onnx")
    assert find_model(tmp_path / "_my model (2).onnx", **about).card.name == "my_model__2_"


def test_a_package_of_which_the_caller_tells(tmp_path, about):
    (tmp_path / "a.mlpackage").mkdir()
    assert find_model(tmp_path / "a.mlpackage", **about).card.files == {"mlpackage": "a.mlpackage"}
    fails(tmp_path / "a.mlpackage", "has no card")


def test_a_file_of_which_nobody_tells(models, about):
    path = models / "bare.onnx"
    fails(
        path,
        "bare.onnx: has no card, neither in its metadata nor as bare.json next to it; say how reads"
        r" are encoded for it \(--encoding\) and what it puts out \(--output, and --labels for",
    )
    fails(path, "next to it; say how reads are encoded for it", labels=("a", "b"), output="logit")
    fails(path, "next to it; say what it puts out", encoding=about["encoding"])
    with pytest.raises(ConfigurationError, match=r"bare.onnx: key 'labels' must be two, the neg"):
        find_model(path, **(about | {"labels": ()}))


def test_what_the_caller_tells_against_the_card(models, tmp_path, about):
    path = models / "linear.onnx"
    assert find_model(path, **about) == find_model(path)
    with pytest.raises(ConfigurationError, match=r"linear.onnx: the card says labels \['FAIL'"):
        find_model(path, labels=("PASS", "FAIL"))
    with pytest.raises(ConfigurationError, match=r"says encoding .*; leave out --encoding"):
        find_model(path, encoding=Encoding("quality-mask/1"))
    with pytest.raises(ConfigurationError, match=r"card.json: the card says output logit; leave"):
        find_model(make_folder(tmp_path / "mine", models), output="score")


@pytest.mark.parametrize("content", [b"", b"hello, this is no model", b"\x08\x08\x12\x00"])
def test_a_file_that_is_broken(tmp_path, about, content):
    path = tmp_path / "broken.onnx"
    path.write_bytes(content)
    fails(path, "broken.onnx: is .*not an ONNX file", **about)


def test_a_file_that_is_cut_off(tmp_path, models, about):
    path = tmp_path / "cut.onnx"
    path.write_bytes((models / "bare.onnx").read_bytes()[:-100])
    fails(path, "cut.onnx: is not an ONNX file, or is cut short: ", **about)


def test_a_card_beside_a_file_need_not_name_it(tmp_path, models):
    shutil.copy(models / "bare.onnx", tmp_path / "theirs.onnx")
    values = json.loads(CARD.to_json())
    del values["files"]
    (tmp_path / "theirs.json").write_text(json.dumps(values))
    assert find_model(tmp_path / "theirs.onnx").files == {"fp32": tmp_path / "theirs.onnx"}
    (tmp_path / "theirs.json").write_text(CARD.to_json())
    fails(tmp_path / "theirs.onnx", "lies next to theirs.onnx but is the card of model.onnx$")


def test_a_card_that_cannot_be_read(tmp_path):
    with pytest.raises(ModelError, match=r"nothing.json: cannot be read: No such file"):
        read_card(tmp_path / "nothing.json")
