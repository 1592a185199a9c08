"""Imports the names of a package when they are first used, so that importing it is fast."""

from __future__ import annotations

import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Makes a package's ``__getattr__`` (PEP 562).

    Args:
        package: The package's ``__name__``.
        homes: The full name of the module of each public name. These names are also the package's
            ``__all__``, unless it has one.
    """

    def find(name: str) -> Any:
        if name == "__all__":
            value: Any = sorted(homes)
        elif name in homes:
            value = getattr(import_module(homes[name]), name)
        else:
            raise _missing(package, name)
        setattr(sys.modules[package], name, value)
        return value

    return find


def lazy_classes(package: str, path: Iterable[str]) -> Callable[[str], Any]:
    """Makes the ``__getattr__`` of a package with one class per file, named after the file.

    ``MinLength`` is in ``min_length.py``. Also sets the package's ``__all__``.

    Args:
        package: The package's ``__name__``.
        path: The package's ``__path__``.
    """

    def find(name: str) -> Any:
        if name == "__all__":
            value: Any = sorted(class_files(path))
        elif name[:1].isupper() and _has_class(path, module_name(name), name):
            value = getattr(import_module(f"{package}.{module_name(name)}"), name)
        else:
            raise _missing(package, name)
        setattr(sys.modules[package], name, value)
        return value

    return find


def lazy_package(
    package: str, homes: Mapping[str, str], modules: Iterable[str]
) -> Callable[[str], Any]:
    """Makes the ``__getattr__`` of a package that also has all names of some modules.

    Also sets the package's ``__all__``.

    Args:
        package: The package's ``__name__``.
        homes: The full name of the module of each public name.
        modules: The full names of modules with an ``__all__``, or a ``__getattr__`` that finds
            only their public names.
    """
    own = lazy_names(package, homes)

    def find(name: str) -> Any:
        if name == "__all__":
            value: Any = sorted(
                {*homes, *(n for each in modules for n in import_module(each).__all__)}
            )
        elif name in homes or name.startswith("__"):
            return own(name)
        else:
            value = _found(name, modules)
            if value is None:
                raise _missing(package, name)
        setattr(sys.modules[package], name, value)
        return value

    return find


def _found(name: str, modules: Iterable[str]) -> Any:
    for each in modules:
        module = import_module(each)
        if name in vars(module).get("__all__", (name,)):
            with suppress(AttributeError):
                return getattr(module, name)
    return None


def class_files(path: Iterable[str]) -> dict[str, str]:
    """Finds the files of a package that contain the class that they are named after.

    Nothing is imported: the text of each file is searched.

    Args:
        path: The package's ``__path__``.

    Returns:
        The module of each class, by class name.
    """
    modules = [each.name for each in pkgutil.iter_modules(path) if not each.ispkg]
    named = ((class_name(module), module) for module in modules)
    return {name: module for name, module in named if _has_class(path, module, name)}


def class_name(module: str) -> str:
    """The class that a module is named after: ``min_length`` has ``MinLength``."""
    return "".join(word.capitalize() for word in module.split("_"))


def module_name(name: str) -> str:
    """The module that is named after a class: ``MinLength`` is in ``min_length``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _has_class(path: Iterable[str], module: str, name: str) -> bool:
    for folder in path:
        finder: Any = pkgutil.get_importer(folder)
        spec = finder.find_spec(module) if finder is not None else None
        if spec is not None:
            # As bytes: decoding them like Python takes longer than reading them.
            return f"\nclass {name}(".encode() in spec.loader.get_data(spec.origin)
    return False


def _missing(package: str, name: str) -> AttributeError:
    # With the module, so that Python proposes a name that is spelt alike.
    module = sys.modules[package]
    return AttributeError(f"module '{package}' has no attribute '{name}'", name=name, obj=module)
