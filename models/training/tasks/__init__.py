"""What models can learn: one task per module, which has a `TASK` (see `training.task.Task`).

A module in this folder is a task of the command line and of `train`, under its own name. The first
line of its docstring is the help.
"""

from __future__ import annotations

import ast
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from biometal_stream.models.training.task import Task


def task_names() -> tuple[str, ...]:
    """The names of the tasks, without importing them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def about_task(name: str) -> str:
    """What a task learns, in one line, without importing it."""
    spec = find_spec(f"{__name__}.{name}")
    assert spec is not None
    assert spec.origin is not None
    text = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def load_task(name: str) -> Task:
    """Imports a task.

    Raises:
        ConfigurationError: There is no such task.
    """
    if name not in task_names():
        raise ConfigurationError(
            f"train: the task must be one of {', '.join(task_names())}: {name}"
        )
    task: Task = import_module(f"{__name__}.{name}").TASK
    return task
