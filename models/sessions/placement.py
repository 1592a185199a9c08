"""Counts which of a model's nodes run on which provider, as the runtime reports it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from biometal_stream.models.sessions.providers import short_name

RECORD = "session.record_ep_graph_assignment_info"
"""The session configuration entry that makes the runtime record this."""


def placement(session: Any) -> dict[str, int]:
    """Counts a session's nodes by provider, after graph optimization.

    Args:
        session: An ``onnxruntime.InferenceSession`` that was opened with `RECORD`.

    Returns:
        Counts by our provider names, the highest first; empty if the runtime is older than 1.24
        and does not record this.
    """
    try:
        parts = session.get_provider_graph_assignment_info()
    except Exception:  # noqa: BLE001 - an account that cannot be had costs nobody a prediction
        return {}
    counts: Counter[str] = Counter()
    for part in parts:
        counts[short_name(part.ep_name)] += len(part.get_nodes())
    return dict(counts.most_common())
