"""Ray Data, of a version that has what is needed here."""

from __future__ import annotations

from typing import Any

from biometal_stream.extras import need


def need_ray(reader: str) -> Any:
    """Imports Ray Data.

    Args:
        reader: Who needs it, for the message.

    Raises:
        MissingExtraError: It is not installed, or is older than 2.51, the first whose pools of
            actors are asked for as they are here.
    """
    return need("ray.data", "ray", reader, at_least="2.51", package="ray")
