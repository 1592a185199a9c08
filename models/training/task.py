"""The interface of a task: what a model learns to predict."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.models.training.labelled import whole_reads
from biometal_stream.models.training.networks import build_network

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from torch import nn

    from biometal_stream.models.training.labelled import Fragments, LabelledReads


class Task(ABC):
    """A choice between two labels for each read, and what is needed to learn it.

    A subclass says how reads are labelled; the rest has defaults. Its instance is the `TASK` of a
    module in `biometal_stream.models.training.tasks`.

    Attributes:
        version: The version of the models; increase it when what they learn changes.
        labels: The labels, that of a negative logit first.
        columns: The string columns that labels are made from, such as ``quality``.
        rule: The rule that labels follow, for the card.
        hard: Which reads are hard, in a few words, such as ``within 1 of Phred 20``.
        remedies: What to add if there are too few reads of the first label, and of the second.
    """

    version: ClassVar[str] = "1"
    labels: ClassVar[tuple[str, str]] = ("NO", "YES")
    columns: ClassVar[tuple[str, ...]] = ("quality",)
    rule: ClassVar[Mapping[str, float]] = {}
    hard: ClassVar[str] = "hard"
    remedies: ClassVar[tuple[str, str]] = ("such reads", "such reads")

    @property
    def name(self) -> str:
        """The task's name: that of its module."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def label(self, batch: pa.RecordBatch) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Labels reads.

        Args:
            batch: A batch with the task's `columns`.

        Returns:
            Whether each read has the second label, and whether its label is hard to decide; both
            (num_rows,).

        Raises:
            DataError: A read is null or malformed.
        """

    @abstractmethod
    def describe(self, network: str) -> str:
        """The card's description of a model.

        Args:
            network: The kind of network.
        """

    def vary(
        self,
        reads: LabelledReads,
        rows: NDArray[np.int64],
        draw: np.random.Generator,  # noqa: ARG002 - for subclasses
    ) -> Fragments:
        """Takes reads for an epoch, changed so that many are hard; by default unchanged.

        Args:
            reads: All reads.
            rows: The rows to take; a row may occur several times.
            draw: The random generator.
        """
        return whole_reads(reads, rows)

    def build_network(self, kind: str, features: int, seed: int) -> nn.Module:
        """Makes the network: see `biometal_stream.models.training.networks.build_network`."""
        return build_network(kind, features, seed)
