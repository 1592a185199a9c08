"""The networks, in torch. Each gives one logit for a window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from biometal_stream.models.training.extras import need

if TYPE_CHECKING:
    from torch import nn

HIDDEN = (128, 64)
"""The hidden layers of the perceptron."""

DROPOUT = 0.2


def build_network(kind: str, features: int, seed: int) -> nn.Module:
    """Makes a network with random weights.

    Args:
        kind: ``mlp``: ``features`` - 128 - 64 - 1 with ReLU and dropout of 0.2 after each hidden
            layer, 46,849 parameters for 300 features; or ``linear``: one layer, 301 parameters.
        features: The number of features of a window.
        seed: The seed of the weights; torch's own random state is not changed.

    Returns:
        The network, from (n, features) to (n, 1), in training mode.

    Raises:
        MissingExtraError: torch is not installed.
    """
    torch = need("torch")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[Any] = []
        size = features
        for wider in HIDDEN if kind == "mlp" else ():
            layers += [torch.nn.Linear(size, wider), torch.nn.ReLU(), torch.nn.Dropout(DROPOUT)]
            size = wider
        layers.append(torch.nn.Linear(size, 1))
        network: nn.Module = torch.nn.Sequential(*layers)
    return network


def count_parameters(network: nn.Module) -> int:
    """The number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())
