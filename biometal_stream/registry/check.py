"""Checks that a class is an operator that can be a step on the command line."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from biometal_stream.errors import PluginError
from biometal_stream.interfaces import Editor, Filter, Learner, Observer, Operator, Trimmer
from biometal_stream.interfaces.recognition import missing_methods
from biometal_stream.operators import base
from biometal_stream.settings import setting_of

_STEP_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_KINDS = {
    base.ReadFilter: Filter,
    base.ReadTrimmer: Trimmer,
    base.ReadEditor: Editor,
    base.ReadObserver: Observer,
    base.ReadLearner: Learner,
}
_PARTS = ("name", "concurrency", "output_schema", "open")
_TO_WRITE = (
    "__call__",
    "keep",
    "bounds",
    "edit",
    "empty",
    "observe",
    "merge",
    "finish",
    "start",
    "learn",
)
BASES = (
    "ReadFilter, ReadTrimmer, ReadEditor, ReadObserver, ReadLearner, StatelessOperator,"
    " SerialOperator"
)
"""The classes to build an operator on."""


def is_step_name(word: str) -> bool:
    """Whether a word can be the name of a step, such as ``min-length``."""
    return _STEP_NAME.fullmatch(word) is not None


def is_operator_class(found: object) -> bool:
    """Whether something is a class with everything that an operator has."""
    return isinstance(found, type) and not _lacking(found)


def _lacking(found: type) -> list[str]:
    named = [part for part in ("name", "concurrency") if not hasattr(found, part)]
    return named + list(missing_methods(found, Operator))


def step_name(operator: type[Any]) -> str | None:
    """The step name of a class: its ``name``, or what `command_name` derives from the class name.

    ``None`` if only an instance knows its name.
    """
    name = operator.name
    if isinstance(name, str):
        return name
    return base.command_name(operator.__name__) if name is base.NamedOperator.name else None


def check_operator(found: object) -> type[Any]:
    """Checks that something is the class of an operator whose settings can be typed.

    Returns:
        The class.

    Raises:
        PluginError: It is not; the message says what to write instead.
    """
    if not isinstance(found, type):
        raise PluginError(f"it must be a class, not {type(found).__name__}")
    if not is_operator_class(found):
        lacking = ", ".join(_lacking(found))
        raise PluginError(
            f"{found.__name__} is not an operator, since it has no {lacking}; make it a subclass"
            f" of one of biometal_stream.plugin's classes: {BASES}"
        )
    kinds = (kind for parent, kind in _KINDS.items() if issubclass(found, parent))
    missing = {part for kind in kinds for part in missing_methods(found, kind)}
    for part in _TO_WRITE:
        if part in missing or _is_unwritten(getattr(found, part, None)):
            is_field = part in getattr(found, "__dataclass_fields__", ())
            advice = "; a setting has this name, so rename the setting" if is_field else ""
            raise PluginError(f"{found.__name__} has no {part}(); write one{advice}")
    # Inherited dataclass parameters do not count: fields that a subclass adds would be lost.
    own = vars(found).get("__dataclass_params__")
    if own is None or not own.frozen:
        raise PluginError(
            f"{found.__name__} is not a frozen dataclass; write @dataclass(frozen=True) above it"
        )
    for field in dataclasses.fields(found):
        try:
            setting_of(field)
        except TypeError as error:
            raise PluginError(f"{found.__name__}: {error}") from None
    name = step_name(found)
    if name is not None:
        require_step_name(name, f"{found.__name__}: its name")
    return found


def require_step_name(name: str, what: str) -> None:
    """Checks the name of a step.

    Raises:
        PluginError: It cannot be a word of a command line.
    """
    if not is_step_name(name):
        raise PluginError(
            f"{what} '{name}' must be lowercase letters, digits and single dashes, such as trim-umi"
        )


def _is_unwritten(function: Any) -> bool:
    """Whether a method is inherited from one of our base classes and must be overridden."""
    code = getattr(function, "__code__", None)
    ours = getattr(function, "__module__", "") == base.__name__
    return ours and code is not None and "NotImplementedError" in code.co_names
