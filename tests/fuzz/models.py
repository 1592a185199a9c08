"""Models' cards, and ONNX files with cards in them."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Hashable
from pathlib import Path

from biometal_stream.cli.escape import printable
from biometal_stream.errors import ModelError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from tests.conftest import REPOSITORY
from tests.fuzz.target import Target, check_message

_MODELS = REPOSITORY / "tests" / "data" / "models"

CARD = Card(
    name="host",
    version="1",
    description="Tells human reads.",
    encoding=Encoding("kmers/1", 100, "int32", 6),
    output="probability",
    labels=("other", "human"),
    threshold=0.75,
    windows="stride",
    stride=50,
    pooling="max",
    training={"files": ["a.fq.gz"]},
)


def check_card(data: bytes) -> Hashable:
    """A card is refused in one line, or reads back what it writes."""
    try:
        card = Card.from_json(data, "card.json")
    except ModelError as error:
        check_message(printable(str(error)))
        return str(error)[:24]
    assert Card.from_json(card.to_json()) == card
    in_onnx = Card.from_metadata(card.to_metadata(), next(iter(card.files.values())))
    assert in_onnx is not None
    assert in_onnx.to_metadata() == card.to_metadata()
    return card.output, card.windows, card.pooling


def check_model(data: bytes) -> Hashable:
    """A file is refused in one line, or is a model that runs."""
    path = _folder() / "model.onnx"
    path.write_bytes(data)
    try:
        predictor = open_predictor(find_model(path))
    except ModelError as error:
        text = str(error).replace(str(_folder()), "")
        check_message(printable(text))
        return text[:40]
    assert predictor.outputs >= 1
    predictor.close()
    return "a model"


@functools.cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="biometal-fuzz-")
    _kept.append(folder)
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []
"""Removed with the process."""


_KEYS = ("name", "encoding", "layout", "length", "output", "labels", "threshold", "windows")
_VALUES = (b"null", b"true", b"-1", b"1e999", b"150", b"NaN", b"{}", b"[]", b'""', b'"../x"')

TARGETS = (
    Target(
        "cards",
        check_card,
        (CARD.to_json().encode(),),
        (*(f'"{key}":'.encode() for key in _KEYS), *_VALUES),
    ),
    Target(
        "models",
        check_model,
        tuple((_MODELS / f"{name}.onnx").read_bytes() for name in ("linear", "fixed")),
        (b"\x0a", b"\x12", b"\xff" * 9),
        longest=4096,
    ),
)
