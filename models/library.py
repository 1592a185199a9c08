"""Finds models: by the name of a shipped one, in a folder with a card, or in a file."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError, ModelChoiceError, ModelError
from biometal_stream.models.card import MOST_BYTES, Card
from biometal_stream.models.files import MOST_MODEL_BYTES, check_file, read_file
from biometal_stream.models.strict_json import listed

if TYPE_CHECKING:
    from biometal_stream.models.encodings import Encoding

CARD_FILE = "card.json"
"""The file name of a folder's card."""

_SHIPPED = Path(__file__).with_name("shipped")
_ONNX = ".onnx"
_MLPACKAGE = ".mlpackage"


@dataclass(frozen=True)
class Model:
    """A model that was found, with all the files of its card. Safe to share and to pickle.

    Attributes:
        card: What it takes and returns.
        folder: The folder of its files.
        files: The path of each precision's file; all existed when the model was found.
    """

    card: Card
    folder: Path
    files: Mapping[str, Path]


def find_model(
    model: str | os.PathLike[str],
    *,
    encoding: Encoding | None = None,
    labels: Sequence[str] = (),
    output: str | None = None,
) -> Model:
    """Finds a model and reads its card; does not load it.

    The names of shipped models take precedence; ``./name`` is a file or folder of that name. The
    card of an ONNX file is in its metadata, or in a file next to it that ends in ``.json``
    instead of ``.onnx``. Without a card the caller describes the model.

    Args:
        model: The name of a shipped model, a folder with a ``card.json``, an ``.onnx`` file or a
            ``.mlpackage``.
        encoding: How reads become the numbers that it takes, if it has no card.
        labels: Its classes, if it has no card.
        output: What it returns, as `biometal_stream.models.card.Output`, if it has no card.

    Returns:
        The model. Its files exist and are in its folder.

    Raises:
        ModelChoiceError: There is no such model.
        ModelError: Its card or one of its files is missing or broken, or it has no card and was
            not described.
        ConfigurationError: The description contradicts the card, or itself.
    """
    name = os.fsdecode(model)
    if name in (names := _shipped_folders()):
        found = _in_folder(names[name], name)
    else:
        path = Path(name)
        if not name or not _exists(path):
            raise ModelChoiceError(_not_found(name, list(names)))
        if path.suffix.lower() in {_ONNX, _MLPACKAGE}:
            return _in_file(path, encoding, tuple(labels), output)
        if not path.is_dir():
            raise ModelError(
                f"{name}: is not a model: name an .onnx file, a .mlpackage, a folder with a"
                f" {CARD_FILE}, or a shipped model{_listed(names)}"
            )
        found = _in_folder(path, name)
    _require_agreement(found.card, str(found.folder / CARD_FILE), encoding, tuple(labels), output)
    return found


def shipped() -> dict[str, Card]:
    """The cards of the models that come with the package, by name, sorted.

    Raises:
        ModelError: A card is broken.
    """
    return {name: read_card(folder / CARD_FILE) for name, folder in _shipped_folders().items()}


def read_card(path: Path, *, file: str | None = None) -> Card:
    """Reads a card from a JSON file.

    Args:
        path: The JSON file.
        file: The model's file, if the card does not name it; ``model.onnx`` by default.

    Raises:
        ModelError: It cannot be read, is not a regular file, is larger than 1 MiB, or is not a
            card.
    """
    return Card.from_json(read_file(path, MOST_BYTES), str(path), file=file)


def _shipped_folders() -> dict[str, Path]:
    return {card.parent.name: card.parent for card in sorted(_SHIPPED.glob(f"*/{CARD_FILE}"))}


def _listed(names: Mapping[str, Path]) -> str:
    return f" ({', '.join(names)})" if names else ""


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # not a valid file name
        return False


def _not_found(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), names, n=1)
    if near:
        return f"{name}: there is no such file or shipped model; did you mean '{near[0]}'?"
    known = f"shipped are {', '.join(names)}" if names else "no model is shipped"
    return f"{name!r}: there is no such file or folder, and {known}"


def _in_folder(folder: Path, name: str) -> Model:
    if not _exists(folder / CARD_FILE):
        raise ModelError(
            f"{name}: has no {CARD_FILE}, which says what a model reads and returns;"
            " for a model without one name its .onnx file"
        )
    _require_inside(folder / CARD_FILE, folder)
    return _with_files(read_card(folder / CARD_FILE), folder, str(folder / CARD_FILE))


def _in_file(
    path: Path, encoding: Encoding | None, labels: tuple[str, ...], output: str | None
) -> Model:
    onnx = path.suffix.lower() == _ONNX
    if onnx == path.is_dir():
        kind = "a file" if onnx else "a folder"
        raise ModelError(f"{path}: is not {kind}, as what ends in {path.suffix} must be")
    card, source = None, str(path)
    if onnx:
        from biometal_stream.models.sessions.contents import contents_of

        card = Card.from_metadata(contents_of(path).metadata, path.name, source)
    beside = path.with_suffix(".json")
    if card is None and _exists(beside):
        source = str(beside)
        _require_inside(beside, path.parent)
        card = _of_one_file(read_card(beside, file=path.name), path, source)
    if card is None:
        card = _as_told(path, encoding, labels, output)
    else:
        _require_agreement(card, source, encoding, labels, output)
    return Model(card, path.parent, {next(iter(card.files)): path})


def _of_one_file(card: Card, path: Path, source: str) -> Card:
    """Reduces a card to one of its files."""
    for precision, file in card.files.items():
        if file == path.name:
            return replace(card, files={precision: file})
    named = listed(tuple(card.files.values()))
    raise ModelError(f"{source}: lies next to {path.name} but is the card of {named}")


def _as_told(
    path: Path, encoding: Encoding | None, labels: tuple[str, ...], output: str | None
) -> Card:
    missing = []
    if encoding is None:
        missing.append("how reads are encoded for it (--encoding)")
    if output is None:
        missing.append("what it puts out (--output, and --labels for classes)")
    if encoding is None or output is None:
        raise ModelChoiceError(
            f"{path}: has no card, neither in its metadata nor as"
            f" {path.with_suffix('.json').name} next to it; say {' and '.join(missing)}"
        )
    name = re.sub(r"[^A-Za-z0-9._+-]", "_", path.stem).lstrip("._+-") or "model"
    kind: Any = output  # checked by the card
    try:
        return Card(
            name, "", "", encoding, kind, labels=labels, files={_precision(path): path.name}
        )
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def _precision(path: Path) -> str:
    """The precision that a file without a card counts as."""
    return "mlpackage" if path.suffix.lower() == _MLPACKAGE else "fp32"


def _require_agreement(
    card: Card,
    source: str,
    encoding: Encoding | None,
    labels: tuple[str, ...],
    output: str | None,
) -> None:
    told = {"encoding": encoding, "labels": labels or None, "output": output}
    for key, value in told.items():
        said = getattr(card, key)
        if value is not None and value != said:
            shown = list(said) if isinstance(said, tuple) else said
            raise ConfigurationError(
                f"{source}: the card says {key} {shown!s}; leave out --{key}, or mend the card"
            )


def _require_inside(path: Path, folder: Path) -> None:
    """Refuses a card that is a link out of its folder, and would expose another file.

    Raises:
        ModelError: The card is such a link.
    """
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a link to itself
        raise ModelError(f"{path}: cannot be read: it is a link that leads nowhere") from error
    if not real.is_relative_to(folder.resolve()):
        raise ModelError(f"{path}: is a link out of its folder, to {real}; put a copy there")


def _with_files(card: Card, folder: Path, source: str) -> Model:
    """Finds the files of a card; after resolving links, each must be in the folder."""
    inside = folder.resolve()
    files = {}
    for precision, file in card.files.items():
        path = folder / file
        if path.suffix.lower() not in {_ONNX, _MLPACKAGE}:
            raise ModelError(
                f"{source}: key 'files.{precision}': {file} is neither .onnx nor .mlpackage"
            )
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError) as error:  # a link to itself
            raise ModelError(
                f"{source}: key 'files.{precision}': there is no {file} in {folder}"
            ) from error
        if not real.is_relative_to(inside):
            raise ModelError(
                f"{source}: key 'files.{precision}': {file} is a link out of its folder, to {real};"
                " put a copy there"
            )
        if path.is_dir() != (path.suffix.lower() == _MLPACKAGE):
            raise ModelError(f"{source}: key 'files.{precision}': {file} is not what its name says")
        if path.suffix.lower() == _ONNX:
            check_file(path, MOST_MODEL_BYTES)
        files[precision] = path
    return Model(card, folder, files)
