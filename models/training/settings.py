"""The settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.errors import ConfigurationError
from biometal_stream.settings import check_settings, option

NETWORKS = ("mlp", "linear")
VARIANTS = ("fp32", "int8", "fp16", "mlpackage")
"""Export formats besides fp32, which is always exported."""


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training run. The same settings and reads give the same model.

    The fields are the options of ``biometal-stream train``.

    Raises:
        ConfigurationError: A value is out of its range.
    """

    name = "train"

    held_out: tuple[str, ...] = option(
        "Files of reads that the model is tested on and never trained on.",
        default=(),
    )
    synthetic: int = option("Synthetic reads to train on as well.", default=0, minimum=0)
    network: str = option("The network: 300-128-64-1, or linear.", default="mlp", choices=NETWORKS)
    encoding: str = option(
        "How reads become numbers.",
        default="quality-mask/1",
        choices=("quality-mask/1", "sequence-quality-300/1"),
    )
    variants: tuple[str, ...] = option(
        "What to export besides fp32: int8, fp16, mlpackage; int8 (of mlp) and fp16 unless given.",
        default=(),
    )
    epochs: int = option("The most epochs.", default=60, minimum=1)
    patience: int = option(
        "Epochs without a better validation loss before training stops.", default=12, minimum=1
    )
    epoch_reads: int = option(
        "Reads to draw for an epoch; as many as there are, up to 200,000, where 0.",
        default=0,
        minimum=0,
    )
    batch_size: int = option("Reads a step.", default=256, minimum=1)
    learning_rate: float = option("Adam's learning rate.", default=0.001, minimum=1e-8, maximum=1)
    reads_per_file: int = option(
        "The most reads to take of a file, from its start.", default=200_000, minimum=1
    )
    augment: bool = option(
        "Whether to crop reads and shift their qualities towards the threshold.", default=True
    )
    licence: str = option("The model's licence, for its card.", default="")
    seed: int = option("The random seed.", default=42, minimum=0)

    def __post_init__(self) -> None:
        check_settings(self)
        object.__setattr__(self, "held_out", tuple(self.held_out))
        object.__setattr__(self, "variants", tuple(self.variants))
        for variant in self.variants:
            if variant not in VARIANTS:
                raise ConfigurationError(
                    f"train: variants must be of {', '.join(VARIANTS)}: {variant}"
                )
        if self.network == "linear" and "int8" in self.variants:
            raise ConfigurationError(
                "train: a linear network has no int8 variant: its one layer stays float32"
            )

    @property
    def precisions(self) -> tuple[str, ...]:
        """The precisions to export, fp32 first."""
        usual = ("int8", "fp16") if self.network == "mlp" else ("fp16",)
        chosen = self.variants or usual
        return ("fp32", *(each for each in VARIANTS[1:] if each in chosen))
