"""A model's card: its input, its output, and how it was made."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from biometal_stream.errors import BiometalError, ConfigurationError, ModelError
from biometal_stream.models.checks import (
    is_below,
    is_number,
    is_whole,
    plain_json,
    require,
    require_choice,
    require_most,
)
from biometal_stream.models.strict_json import MOST_SHOWN, parse_json, shown

if TYPE_CHECKING:
    from biometal_stream.models.encodings import Encoding

CARD_FORMAT = "card/1"
"""The version in each card; increased when a key changes its meaning."""

PREFIX = "biometal_stream."
"""The prefix of a card's keys in an ONNX file's ``metadata_props``."""

Output: TypeAlias = Literal["logit", "logits", "probability", "probabilities", "score"]
"""What a model returns for each row.

``logit`` and ``probability`` are one number, for the second of two labels; ``logits`` and
``probabilities`` are one for each label; ``score`` is one number without a classification.
"""

WindowRule: TypeAlias = Literal["first", "even", "stride"]
"""How a read becomes windows: see `biometal_stream.models.encodings.cut_windows`."""

Pooling: TypeAlias = Literal["mean", "max"]
"""How the outputs for the windows of a read are combined, before sigmoid and softmax: ``mean``,
weighted by the bases of each window, or ``max``, number by number."""

MOST_BYTES = 1 << 20
"""The largest card; those of the shipped models have 8 KiB."""

MOST_LABELS = 10_000
"""The most labels of a model, so that a column for each fits into memory."""

_MOST_FILES = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_PRECISION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TWO_LABELS = ("logit", "probability")
_MANY_LABELS = ("logits", "probabilities")


@dataclass(frozen=True)
class Card:
    """What a model takes, what it returns, and other facts. Safe to share and to pickle.

    Attributes:
        name: The model's name, which the columns of its predictions begin with.
        version: The model's version.
        description: One or two sentences on what it predicts.
        encoding: How reads become the numbers that it takes.
        output: What it returns for each row; see `Output`.
        labels: The classes. For ``logit`` and ``probability`` the negative and the positive one,
            for ``logits`` and ``probabilities`` in the order of the outputs, for ``score`` none.
        threshold: The least probability at which a read has the positive label; ``None`` stands
            for 0.5. Only with ``logit`` and ``probability``.
        windows: How to cut reads that are longer than the encoding.
        stride: Bases from the start of one window to the next; required for the rule ``stride``,
            and not allowed otherwise.
        pooling: How to combine the windows of a read into one prediction.
        minimum_length: The bases that a read must have; shorter reads get null.
        files: The file of each precision, such as ``{"fp32": "model.onnx"}``: paths below the
            model's folder, with ``/`` as separator.
        licence: The licence of the model, as an SPDX expression if it has one.
        training: What the model was trained on, and how; in any form, stored as JSON.
        metrics: The results of its evaluation; in any form, stored as JSON.

    Raises:
        ConfigurationError: A value has the wrong type or does not fit the others.
    """

    name: str
    version: str
    description: str
    encoding: Encoding
    output: Output
    labels: tuple[str, ...] = ()
    threshold: float | None = None
    windows: WindowRule = "first"
    stride: int | None = None
    pooling: Pooling = "mean"
    minimum_length: int = 1
    files: Mapping[str, str] = field(default_factory=lambda: {"fp32": "model.onnx"})
    licence: str = ""
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from biometal_stream.models.encodings import Encoding

        right: bool = isinstance(self.encoding, Encoding)  # a variable: it must not narrow the type
        require(right, "encoding", "an Encoding", self.encoding)
        for key in ("name", "version", "description", "licence"):
            require(isinstance(getattr(self, key), str), key, "text", getattr(self, key))
        require(
            _NAME.fullmatch(self.name) is not None,
            "name",
            "letters, digits and . _ + -, the first a letter or digit",
            self.name,
        )
        for key, choices in (("output", Output), ("windows", WindowRule), ("pooling", Pooling)):
            require_choice(key, getattr(self, key), get_args(choices))
        self._check_labels()
        self._check_threshold()
        self._check_windows()
        require(
            is_whole(self.minimum_length) and self.minimum_length >= 0,
            "minimum_length",
            "a whole number of bases, 0 or more",
            self.minimum_length,
        )
        self._check_files()
        for key in ("training", "metrics"):
            object.__setattr__(self, key, plain_json(key, getattr(self, key)))

    def _check_labels(self) -> None:
        labels: Any = self.labels
        right = isinstance(labels, list | tuple) and all(isinstance(each, str) for each in labels)
        require(right, "labels", "a list of texts", labels)
        labels = tuple(labels)
        object.__setattr__(self, "labels", labels)
        require_most(labels, "labels", MOST_LABELS)
        printable = all(each and each.isprintable() for each in labels)
        require(printable, "labels", "printable texts that are not empty", labels)
        require(len(set(labels)) == len(labels), "labels", "different from each other", labels)
        if self.output in _TWO_LABELS:
            words = f"two, the negative and the positive one, for the output {self.output}"
            require(len(labels) == 2, "labels", words, labels)
        elif self.output in _MANY_LABELS:
            words = f"two or more, one for each number, for the output {self.output}"
            require(len(labels) >= 2, "labels", words, labels)
        else:
            require(not labels, "labels", "none for the output score", labels)

    def _check_threshold(self) -> None:
        if self.threshold is None:
            return
        require(is_number(self.threshold), "threshold", "a number", self.threshold)
        require(0 <= self.threshold <= 1, "threshold", "from 0 to 1", self.threshold)
        words = f"absent for the output {self.output}: it is for logit and probability"
        require(self.output in _TWO_LABELS, "threshold", words, self.threshold)

    def _check_windows(self) -> None:
        if self.windows != "stride":
            words = f"absent for the windows '{self.windows}'"
            require(self.stride is None, "stride", words, self.stride)
            return
        require(
            self.stride is not None and is_whole(self.stride) and self.stride >= 1,
            "stride",
            "a whole number of bases, 1 or more, for the windows 'stride'",
            self.stride,
        )
        assert self.stride is not None
        words = f"at most the encoding's {self.encoding.length} bases, lest some be left out"
        require(self.stride <= self.encoding.length, "stride", words, self.stride)

    def _check_files(self) -> None:
        files: Any = self.files
        require(
            isinstance(files, Mapping) and bool(files), "files", "precisions and their files", files
        )
        require_most(files, "files", _MOST_FILES)
        for precision, file in files.items():
            right = isinstance(precision, str) and _PRECISION.fullmatch(precision) is not None
            words = "named by precisions of small letters and digits, such as fp32 or int8"
            require(right, "files", words, precision)
            require(
                isinstance(file, str) and is_below(file),
                f"files.{precision}",
                "a path below the model's folder",
                file,
            )
        object.__setattr__(self, "files", dict(files))

    def to_json(self) -> str:
        """Writes the card as JSON, for ``card.json``."""
        return json.dumps(self._to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes, source: str = "card", *, file: str | None = None) -> Card:
        """Reads a card that `to_json` or a user wrote.

        Args:
            text: The JSON.
            source: The path of the file, for messages.
            file: The model's file, if the card has no `files`; ``model.onnx`` by default.

        Raises:
            ModelError: It is not JSON, has an unknown key, lacks one, or has a value that has the
                wrong type or does not fit the others.
        """
        try:
            values = parse_json(text)
        except ValueError as error:  # also raised for text that is not UTF-8
            raise ModelError(f"{source}: is not a card: {error}") from error
        if not isinstance(values, dict):
            raise ModelError(f"{source}: is not a card: a JSON object is expected")
        if file is not None:
            values.setdefault("files", {"fp32": file})
        return cls._from_dict(values, source)

    def to_metadata(self, precision: str | None = None) -> dict[str, str]:
        """Returns the card for an ONNX file's ``metadata_props``.

        Args:
            precision: Which of `files` the ONNX file is; the first by default.

        Returns:
            Texts by key; values that are not text are JSON.

        Raises:
            ConfigurationError: The card does not have this precision.
        """
        precision = next(iter(self.files)) if precision is None else precision
        require_choice("precision", precision, tuple(self.files))
        values = self._to_dict()
        del values["files"]
        values["precision"] = precision
        return {
            PREFIX + key: value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False, allow_nan=False)
            for key, value in values.items()
        }

    @classmethod
    def from_metadata(
        cls, metadata: Mapping[str, str], file: str = "model.onnx", source: str = "card"
    ) -> Card | None:
        """Reads what `to_metadata` returned.

        Args:
            metadata: An ONNX file's ``metadata_props``; keys of other programs are ignored.
            file: The name of that file.
            source: The path of that file, for messages.

        Returns:
            The card, with that file as its only one; ``None`` if the metadata have none of our
            keys.

        Raises:
            ModelError: See `from_json`.
        """
        found = {
            key.removeprefix(PREFIX): value
            for key, value in metadata.items()
            if key.startswith(PREFIX)
        }
        if not found:
            return None
        texts = {"format", "precision"} | {
            each.name for each in dataclasses.fields(cls) if each.type in _TEXTS
        }
        values: dict[str, Any] = {}
        for key, value in found.items():
            try:
                values[key] = value if key in texts else parse_json(value)
            except ValueError as error:
                raise ModelError(
                    f"{source}: metadata '{PREFIX}{key}' is not JSON: {error}"
                ) from error
        if "files" in values:
            raise ModelError(f"{source}: unknown key '{PREFIX}files' in its metadata")
        values["files"] = {values.pop("precision", "fp32"): file}
        return cls._from_dict(values, f"{source}: metadata")

    def _to_dict(self) -> dict[str, Any]:
        values: dict[str, Any] = {"format": CARD_FORMAT}
        for each in dataclasses.fields(self):
            value = getattr(self, each.name)
            if value is None:
                continue
            values[each.name] = list(value) if isinstance(value, tuple) else value
        values["encoding"] = self.encoding.to_dict()
        return values

    @classmethod
    def _from_dict(cls, values: dict[str, Any], source: str) -> Card:
        from biometal_stream.models.encodings import Encoding

        values = dict(values)
        written = values.pop("format", CARD_FORMAT)
        if written != CARD_FORMAT:
            raise ModelError(
                f"{source}: key 'format': this version reads {CARD_FORMAT}, not {shown(written)};"
                " a newer biometal-stream may"
            )
        fields = {each.name: each for each in dataclasses.fields(cls)}
        for key in values:
            if key not in fields:
                known = ", ".join(("format", *fields))
                raise ModelError(f"{source}: unknown key {shown(key)}; choose from {known}")
        for key, each in fields.items():
            needed = (
                each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
            )
            if needed and key not in values:
                raise ModelError(f"{source}: lacks the key '{key}'")
        encoding = values["encoding"]
        if not isinstance(encoding, dict):
            raise ModelError(f"{source}: key 'encoding' must be an object: {shown(encoding)}")
        for key, value in encoding.items():
            if not isinstance(value, str | int) or len(str(value)) > MOST_SHOWN:
                raise ModelError(
                    f"{source}: key 'encoding': {shown(key)} must be a short text or a whole"
                    f" number: {shown(value)}"
                )
        try:
            values["encoding"] = Encoding.from_dict(encoding)
        except (BiometalError, TypeError) as error:
            raise ModelError(f"{source}: key 'encoding': {error}") from error
        try:
            return cls(**values)
        except ConfigurationError as error:
            raise ModelError(f"{source}: {error}") from error


_TEXTS = ("str", "Output", "WindowRule", "Pooling")
