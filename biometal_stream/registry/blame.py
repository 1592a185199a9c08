"""Finds the plugin whose code raised an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.plugin_files import path_of
from biometal_stream.registry.installed import loaded

if TYPE_CHECKING:
    from types import TracebackType


def plugin_in(fault: BaseException) -> str | None:
    """The plugin that an exception passed through: its file, or its package.

    Returns:
        ``None`` if it passed through no plugin.
    """
    place: TracebackType | None = fault.__traceback__
    while place is not None:
        module = str(place.tb_frame.f_globals.get("__name__", ""))
        plugin = path_of(module) or loaded.get(module.partition(".")[0])
        if plugin is not None:
            return plugin
        place = place.tb_next
    return None
