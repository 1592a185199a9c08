"""What MultiQC calls when it starts."""

from __future__ import annotations

NAME = "biometal_stream"
"""The name of the module, of its search pattern and of its section in MultiQC's configuration."""


def add_search_pattern() -> None:
    """Adds the pattern by which MultiQC finds our JSON, unless the user's configuration has one."""
    from multiqc import config

    if NAME not in config.sp:
        contents = '"schema": "biometal-stream/report/'
        pattern = {"fn": "*.json", "contents": contents, "num_lines": 10}
        config.update_dict(config.sp, {NAME: pattern})
