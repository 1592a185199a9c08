"""Imports Ray Data, in a version with the required features."""

from __future__ import annotations

from typing import Any

from biometal_stream.extras import need


def need_ray(reader: str) -> Any:
    """Imports Ray Data.

    Args:
        reader: The feature that needs it, for the message.

    Raises:
        MissingExtraError: It is not installed, or is older than 2.51, the first version with the
            interface to pools of actors that is used here.
    """
    return need("ray.data", "ray", reader, at_least="2.51", package="ray")
