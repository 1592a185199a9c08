"""Recognises what a class of operators, sources or sinks offers, by the methods that it defines."""

from __future__ import annotations

import dataclasses
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from abc import ABCMeta as ProtocolMeta
else:
    ProtocolMeta = type(Protocol)

_MISSING: WeakKeyDictionary[type, dict[type, tuple[str, ...]]] = WeakKeyDictionary()
"""By class and protocol. Weak, since the pipeline makes classes for a run."""


class _ByMethods(ProtocolMeta):
    """The class of the protocols: has ``isinstance`` go by methods, not by names alone."""

    def __instancecheck__(self, instance: Any) -> bool:
        kind = type(instance)
        if self in kind.__mro__:
            return True
        if not _is_protocol(self):
            return super().__instancecheck__(instance)
        return (
            offers(kind, self)
            and not _withholds(instance, self)
            and all(
                hasattr(kind, name) or name in getattr(instance, "__dict__", ())
                for name in _members(self)[1]
            )
        )


class Recognised(Protocol, metaclass=_ByMethods):
    """A protocol that ``isinstance`` recognises exactly.

    An object is an instance where its class defines each method of the protocol, and where it has
    the protocol's properties. A field that merely has the name of a method, such as a setting
    ``keep``, does not count, even one whose value can be called. Safe to share between threads.

    If its settings decide what an object is, as an option does that has a filter add columns
    instead, its attribute ``withheld``, a frozenset, names the methods that it does not offer.
    """


def offers(kind: type, protocol: type) -> bool:
    """Whether a class defines all methods of a `Recognised` protocol."""
    return not missing_methods(kind, protocol)


def _withholds(instance: object, protocol: type) -> bool:
    """Whether an object does not offer a method of a protocol that its class defines."""
    withheld = getattr(instance, "withheld", None)
    return isinstance(withheld, frozenset) and not withheld.isdisjoint(_members(protocol)[0])


def missing_methods(kind: type, protocol: type) -> tuple[str, ...]:
    """The methods of a `Recognised` protocol that a class does not define, in their order."""
    known = _MISSING.setdefault(kind, {})
    if protocol not in known:
        methods = _members(protocol)[0]
        known[protocol] = tuple(name for name in methods if not _has_method(kind, name))
    return known[protocol]


def _has_method(kind: type, name: str) -> bool:
    # Of ``__call__`` each class seems to have one, which is its metaclass's.
    if not any(name in vars(base) for base in kind.__mro__):
        return False
    settings = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return callable(getattr(kind, name)) and name not in {field.name for field in settings}


@cache
def _members(protocol: type) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a protocol's methods, and those of its properties and attributes."""
    methods: dict[str, None] = {}
    others: dict[str, None] = {}
    for base in reversed(protocol.__mro__):
        if not _is_protocol(base):
            continue
        for name in (*vars(base), *inspect.get_annotations(base)):
            if name.startswith("_") and name != "__call__":
                continue
            named = methods if callable(getattr(base, name, None)) else others
            named[name] = None
    return tuple(methods), tuple(others)


def _is_protocol(kind: type) -> bool:
    return Protocol in kind.__bases__
