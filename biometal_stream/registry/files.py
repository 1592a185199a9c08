"""The operators of plugin files: ``--plugin steps.py``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from biometal_stream.errors import PluginError
from biometal_stream.registry.check import (
    BASES,
    check_operator,
    is_operator_class,
    step_name,
)
from biometal_stream.registry.loading import loading


@dataclass(frozen=True)
class FileStep:
    """A step from a plugin file.

    Attributes:
        name: The step's name.
        origin: The file and the class, for messages.
        operator: The class.
    """

    name: str
    origin: str
    operator: type[Any]

    def load(self) -> type[Any]:
        """Returns the class."""
        return self.operator


def steps_of(file: str) -> tuple[FileStep, ...]:
    """Imports a plugin file, once per process, and finds its operators.

    The operators are the classes that the file itself defines and whose names do not start with an
    underscore.

    Args:
        file: A Python file.

    Raises:
        PluginError: The file is missing, does not import, or has no operator, or a class is not
            an operator.
    """
    from biometal_stream import plugin_files

    if not file.endswith(".py"):
        raise PluginError(f"--plugin takes a Python file, such as steps.py: {file}")
    path = Path(file).absolute()
    if not path.is_file():
        why = "is not a file" if path.exists() else "does not exist"
        raise PluginError(f"the plugin {file} {why}")
    with loading(f"the plugin {file}", str(path)):
        module = import_module(plugin_files.module_of(str(path)))
        classes = [
            check_operator(value)
            for value in _own_classes(vars(module), module.__name__)
            if is_operator_class(value)
        ]
        if not classes:
            raise PluginError(
                "it defines no operator; write one as a subclass of one of"
                f" biometal_stream.plugin's classes: {BASES}"
            )
    return tuple(
        FileStep(str(step_name(each)), f"{file} ({each.__name__})", each) for each in classes
    )


def _own_classes(names: dict[str, Any], module: str) -> list[type[Any]]:
    """The classes of a module, except those that its other classes inherit from."""
    own = [
        value
        for name, value in names.items()
        if isinstance(value, type) and value.__module__ == module and not name.startswith("_")
    ]
    bases = {base for each in own for base in each.__mro__[1:]}
    return [each for each in own if each not in bases or "__dataclass_params__" in vars(each)]
