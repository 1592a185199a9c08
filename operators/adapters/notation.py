"""Adapters as cutadapt writes them: anchors, partners, names and search parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeAlias

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.adapters.fasta import read_records

Place: TypeAlias = Literal["front", "back", "anywhere"]
"""The 5' end of a read, its 3' end, or either."""

_LETTERS = frozenset("ABCDGHKMNRSTUVWXY")
"""IUPAC codes, and X, which matches nothing."""
_LONGEST = 10_000
_PARAMETERS = {
    "e": "max_errors",
    "error_rate": "max_errors",
    "max_error_rate": "max_errors",
    "max_errors": "max_errors",
    "o": "min_overlap",
    "min_overlap": "min_overlap",
    "anywhere": "anywhere",
    "required": "required",
    "optional": "optional",
    "indels": "indels",
    "noindels": "noindels",
    "rightmost": "rightmost",
}
_FLAGS = frozenset({"anywhere", "required", "optional", "indels", "noindels", "rightmost"})
_FILE = re.compile(r"(\^?)file(\$?):([^;]*)(?:;(.*))?", re.DOTALL)


class Settings(NamedTuple):
    """How adapters are matched that do not say so themselves.

    Attributes:
        max_errors: The most errors per aligned base; from 1 on, the most errors in an adapter.
        min_overlap: The fewest bases of an adapter that must be aligned.
        indels: Whether bases may be inserted and deleted.
        read_wildcards: Whether IUPAC codes of reads match the bases that they stand for.
        adapter_wildcards: Whether those of adapters do.
    """

    max_errors: float = 0.1
    min_overlap: int = 3
    indels: bool = True
    read_wildcards: bool = False
    adapter_wildcards: bool = True


DEFAULTS = Settings()
"""Those of cutadapt."""


@dataclass(frozen=True)
class Adapter:
    """One adapter, and how it is matched.

    Attributes:
        name: Its name; ``None`` if it has none.
        sequence: In upper case, T for U and N for I.
        place: Where it is ligated.
        anchored: Whether all of it must stand at that end of the read.
        internal: Whether it may stand inside the read.
        rightmost: Whether the last of equal matches counts, not the first.
        partial: Whether both of its ends may be outside the read, not only that at its place.
        settings: How it is matched.
    """

    name: str | None
    sequence: str
    place: Place
    anchored: bool = False
    internal: bool = True
    rightmost: bool = False
    partial: bool = False
    settings: Settings = DEFAULTS

    @property
    def has_wildcards(self) -> bool:
        """Whether its letters are IUPAC codes that stand for several bases."""
        return self.settings.adapter_wildcards and not set(self.sequence) <= set("ACGT")

    @property
    def rate(self) -> float:
        """The most errors per aligned base that is not N."""
        most = self.settings.max_errors
        known = len(self.sequence) - self.sequence.count("N")
        return most / known if most >= 1 and known else most

    @property
    def overlap(self) -> int:
        """The fewest bases that must be aligned."""
        whole = len(self.sequence)
        return whole if self.anchored else min(self.settings.min_overlap, whole)


@dataclass(frozen=True)
class Linked:
    """A 5' adapter and the 3' adapter that follows it.

    Attributes:
        name: The name of both.
        front: The first.
        back: The second.
        front_required: Whether nothing is found without the first.
        back_required: Whether nothing is found without the second.
    """

    name: str | None
    front: Adapter
    back: Adapter
    front_required: bool
    back_required: bool


class Parameters(NamedTuple):
    """What an adapter says itself: how it is matched, and what it is; ``None`` for nothing."""

    max_errors: float | None = None
    min_overlap: int | None = None
    indels: bool | None = None
    required: bool | None = None
    anywhere: bool = False
    rightmost: bool = False

    def over(self, settings: Settings) -> Settings:
        """The settings with those of the adapter in their place."""
        own = {
            name: value
            for name in ("max_errors", "min_overlap", "indels")
            if (value := getattr(self, name)) is not None
        }
        return settings._replace(**own)


def file_of(text: str) -> str | None:
    """The file that a user gave in place of an adapter, as ``file:adapters.fa``."""
    match = _FILE.fullmatch(text.strip())
    return None if match is None else match[3]


def adapters_of(text: str, place: Place, settings: Settings, where: str) -> list[Adapter | Linked]:
    """Reads what a user gave as an adapter, or as a file of adapters.

    Args:
        text: Such as ``ACGT``, ``^ACGT;e=0.2``, ``name=ACGT...TTTT`` or ``file:adapters.fa``.
        place: Where it is ligated, unless the text says that.
        settings: How adapters are matched that do not say so themselves.
        where: What messages begin with.

    Raises:
        ConfigurationError: The text is something else.
        InputError: The file cannot be read.
    """
    match = _FILE.fullmatch(text.strip())
    try:
        if match is None:
            return [_one(text, place, settings)]
        start, end, path, parameters = match.groups()
        if not path:
            raise ValueError("give the name of a file: file:adapters.fa")
        settings = _parameters(parameters or "").over(settings)
        found = [
            (name, _one(f"{start}{each}{end}", place, settings))
            for name, each in read_records(path)
        ]
        return [replace(each, name=each.name if name is None else name) for name, each in found]
    except ValueError as error:
        raise ConfigurationError(f"{where}: {text!r}: {error}") from None


def _one(text: str, place: Place, settings: Settings) -> Adapter | Linked:
    first, dots, second = text.partition("...")
    if not dots:
        return _single(text, place, settings)
    if first and "..." in second:
        raise ValueError("an adapter is linked to one other: A...B")
    if not first and second.endswith("..."):
        return _single(second.removesuffix("..."), "anywhere", settings)
    if place == "anywhere":
        raise ValueError("an adapter that may be at either end is not linked to another")
    if first and second:
        return _linked(first, second, place, settings)
    if not first and place == "front":
        raise ValueError("a 5' adapter is written ADAPTER or ADAPTER...")
    return _single(first or second, "front" if first else "back", settings)


def _linked(first: str, second: str, place: Place, settings: Settings) -> Linked:
    front, about_front = _parsed(first, "front", settings)
    back, about_back = _parsed(second, "back", settings)
    if about_front.anywhere or about_back.anywhere:
        raise ValueError("'anywhere' is not for linked adapters")
    needed = [
        about.required
        if about.required is not None
        else place == "front" or not each.internal or each.anchored
        for each, about in ((front, about_front), (back, about_back))
    ]
    return Linked(front.name, front, back, *needed)


def _single(text: str, place: Place, settings: Settings) -> Adapter:
    adapter, about = _parsed(text, place, settings)
    if about.required is not None:
        raise ValueError("'required' and 'optional' are for linked adapters")
    return replace(adapter, partial=about.anywhere and adapter.internal)


def _parsed(text: str, place: Place, settings: Settings) -> tuple[Adapter, Parameters]:
    text, _, listed = text.partition(";")
    about = _parameters(listed)
    name, equals, sequence = text.partition("=")
    if not equals:
        name, sequence = "", text
    sequence = _expanded(sequence.strip())
    if not sequence.strip("X"):
        about = Parameters()  # as in cutadapt: matches nothing
        anchored = internal = None
    else:
        sequence, anchored, internal = _restricted(sequence, place)
    if about.min_overlap is not None and anchored:
        raise ValueError("an anchored adapter must match as a whole, and has no min_overlap")
    if about.rightmost and (place == "anywhere" or anchored or internal is False):
        raise ValueError("'rightmost' is for 5' and 3' adapters that may be inside the read")
    adapter = Adapter(
        name.strip() if equals else None,
        sequence.upper().replace("U", "T").replace("I", "N"),
        place,
        anchored=bool(anchored),
        internal=internal is not False,
        rightmost=about.rightmost,
        settings=about.over(settings),
    )
    _check(adapter)
    return adapter, about


def _restricted(sequence: str, place: Place) -> tuple[str, bool, bool]:
    """The sequence without what says where it must stand; whether anchored, whether internal."""
    found = []
    for end, anchor in (("front", "^"), ("back", "$")):
        at_end = str.startswith if end == "front" else str.endswith
        if at_end(sequence, anchor):
            found.append((end, True))
            sequence = sequence[1:] if end == "front" else sequence[:-1]
        if at_end(sequence.upper(), "X"):
            found.append((end, False))
            sequence = sequence.lstrip("xX") if end == "front" else sequence.rstrip("xX")
    if not found:
        return sequence, False, True
    if len(found) > 1 or found[0][0] != place:
        ways = {"front": "^ADAPTER or XADAPTER", "back": "ADAPTER$ or ADAPTERX"}.get(place, "none")
        raise ValueError(f"for this adapter, one of ^, $ and X may say where it stands: {ways}")
    return sequence, found[0][1], False


def _check(adapter: Adapter) -> None:
    sequence, settings = adapter.sequence, adapter.settings
    if not sequence:
        raise ValueError("it must have at least one base")
    if not sequence.isascii() or not sequence.isprintable():
        raise ValueError("it must be letters for bases")
    strange = next((letter for letter in sequence if letter not in _LETTERS), None)
    if settings.adapter_wildcards and strange is not None:
        raise ValueError(
            f"{strange!r} is not an IUPAC code; for letters that only match themselves:"
            " --no-match-adapter-wildcards"
        )
    if adapter.has_wildcards and not sequence.strip("N"):
        raise ValueError("it must have at least one base other than N")
    if settings.max_errors < 0 or settings.max_errors != settings.max_errors:
        raise ValueError("the most errors must be at least 0")
    if settings.min_overlap < 1:
        raise ValueError("the least overlap must be at least 1")


def _parameters(text: str) -> Parameters:
    given: dict[str, float | bool] = {}
    for field in text.split(";"):
        key, equals, value = (part.strip() for part in field.partition("="))
        if not key and not equals:
            continue
        name = _PARAMETERS.get(key)
        if name is None:
            raise ValueError(f"{key!r} is not a parameter; known are {', '.join(_PARAMETERS)}")
        if name in given:
            raise ValueError(f"'{key}' is given twice")
        if (name in _FLAGS) == bool(equals):
            raise ValueError(f"'{key}' takes {'no value' if name in _FLAGS else 'a number'}")
        given[name] = True if name in _FLAGS else _number(key, value)
    for one, other in (("required", "optional"), ("indels", "noindels")):
        if one in given and other in given:
            raise ValueError(f"'{one}' and '{other}' contradict each other")
        if given.pop(other, False):
            given[one] = False
    return Parameters(**given)  # type: ignore[arg-type]


def _number(key: str, value: str) -> float:
    try:
        return int(value) if key in {"o", "min_overlap"} else float(value)
    except ValueError:
        raise ValueError(f"'{key}' takes a number, not {value!r}") from None


def _expanded(sequence: str) -> str:
    """The sequence with ``A{3}`` written as ``AAA``."""

    def repeated(match: re.Match[str]) -> str:
        if int(match[2]) > _LONGEST:
            raise ValueError(f"an adapter has at most {_LONGEST:,} bases")
        return match[1] * int(match[2])

    expanded = re.sub(r"([^{}])\{([0-9]{1,9})\}", repeated, sequence)
    if "{" in expanded or "}" in expanded:
        raise ValueError("braces are written after a base: A{10}")
    if len(expanded) > _LONGEST:
        raise ValueError(f"an adapter has at most {_LONGEST:,} bases")
    return expanded
