"""The columns that a model's predictions are kept in."""

from __future__ import annotations

import pyarrow as pa


def prediction_fields(name: str, labels: tuple[str, ...], *, every: bool = False) -> list[pa.Field]:
    """Tells the columns of a model's predictions; each may be null.

    ====================== ============================== ====================================
    column                 type                           what
    ====================== ============================== ====================================
    NAME                   dictionary<int16, string>      the label
    NAME_probability       float32                        the probability of that label
    NAME_probability_LABEL float32                        that of each label, where asked for
    NAME_score             float32                        instead, where there are no labels
    ====================== ============================== ====================================

    Args:
        name: What the columns are called after, as a rule the model.
        labels: The labels; none of a model that scores.
        every: Whether there is a column for each label.
    """
    if not labels:
        return [pa.field(f"{name}_score", pa.float32())]
    fields = [
        pa.field(name, pa.dictionary(pa.int16(), pa.string())),
        pa.field(f"{name}_probability", pa.float32()),
    ]
    if every:
        fields += [pa.field(f"{name}_probability_{label}", pa.float32()) for label in labels]
    return fields
