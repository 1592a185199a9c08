"""Which of a model's nodes run on which provider, by the runtime's own account."""

from __future__ import annotations

from collections import Counter
from typing import Any

from biometal_stream.models.sessions.providers import short_name

RECORD = "session.record_ep_graph_assignment_info"
"""The entry of a session's configuration that has the runtime keep this account."""


def placement(session: Any) -> dict[str, int]:
    """Counts a session's nodes by provider, as they are after its graph was optimised.

    Args:
        session: An ``onnxruntime.InferenceSession`` that was opened with `RECORD`.

    Returns:
        Counts by our names of the providers, the most first; empty where the runtime, older than
        1.24, keeps no such account.
    """
    try:
        parts = session.get_provider_graph_assignment_info()
    except Exception:  # noqa: BLE001 - an account that cannot be had costs nobody a prediction
        return {}
    counts: Counter[str] = Counter()
    for part in parts:
        counts[short_name(part.ep_name)] += len(part.get_nodes())
    return dict(counts.most_common())
