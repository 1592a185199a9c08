"""The columns of a model's predictions."""

from __future__ import annotations

import json

import pyarrow as pa

LABELS_KEY = b"biometal_stream.labels"
"""The metadata key of a label column: all labels of its model."""


def label_column(name: str) -> str:
    """The column of labels. Not just the name: ``quality`` is a model and a column of reads."""
    return f"{name}_label"


def probability_column(name: str) -> str:
    """The column of the labels' probabilities."""
    return f"{name}_probability"


def prediction_fields(name: str, labels: tuple[str, ...], *, every: bool = False) -> list[pa.Field]:
    """The columns of a model's predictions; each may be null.

    ====================== ============================== ====================================
    column                 type                           what
    ====================== ============================== ====================================
    NAME_label             dictionary<int16, string>      the label
    NAME_probability       float32                        the probability of that label
    NAME_probability_LABEL float32                        the probability of each, on request
    NAME_score             float32                        the score, if there are no labels
    ====================== ============================== ====================================

    Args:
        name: The name that the columns begin with, usually that of the model.
        labels: The labels; empty for a model that scores.
        every: Whether to add the probability of each label.

    Returns:
        The fields. The metadata of the label column lists all labels, in JSON: so they can be
        checked before there is a batch, and after Parquet, where a dictionary has only those
        labels that occurred.
    """
    if not labels:
        return [pa.field(f"{name}_score", pa.float32())]
    fields = [
        pa.field(
            label_column(name),
            pa.dictionary(pa.int16(), pa.string()),
            metadata={LABELS_KEY: json.dumps(labels, ensure_ascii=False).encode()},
        ),
        pa.field(probability_column(name), pa.float32()),
    ]
    if every:
        fields += [
            pa.field(f"{probability_column(name)}_{label}", pa.float32()) for label in labels
        ]
    return fields


def known_labels(field: pa.Field) -> tuple[str, ...] | None:
    """The labels that a column can have; ``None`` if its field does not list them.

    Engines drop the metadata of fields, and a column may come from another program.
    """
    try:
        labels = json.loads((field.metadata or {})[LABELS_KEY])
    except (KeyError, ValueError, RecursionError):
        return None
    if isinstance(labels, list) and labels and all(isinstance(each, str) for each in labels):
        return tuple(labels)
    return None
