"""The options of adapters, and of the rules by which they are matched, as cutadapt has them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.adapters.fasta import read_records
from biometal_stream.operators.adapters.kits import KITS
from biometal_stream.operators.adapters.notation import Settings, adapters_of, file_of
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from biometal_stream.operators.adapters.notation import Adapter, Linked, Place

NONE = "none"
"""The adapter of reads without adapters."""
_ENDS: dict[str, Place] = {"adapter": "back", "front": "front", "anywhere": "anywhere"}
_FIELDS = tuple(mate + end for mate in ("", "mate_") for end in _ENDS)
"""The settings that hold adapters."""


class Rules(NamedTuple):
    """Adapters and how to match them.

    Attributes:
        mates: The adapters of mate 1, which are those of single reads, and of mate 2.
        times: How many are removed from a read at most.
        pairs: Whether the adapters of both mates belong together, in their order.
    """

    mates: tuple[tuple[Adapter | Linked, ...], tuple[Adapter | Linked, ...]]
    times: int
    pairs: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the adapters of mate 1 and then of mate 2: numbers for those without."""
        numbers = iter(range(1, 1 + sum(map(len, self.mates))))
        return tuple(
            each.name if each.name is not None else str(next(numbers))
            for mate in self.mates
            for each in mate
        )


@dataclass(frozen=True, kw_only=True)
class AdapterOptions:
    """Which adapters, and the rules by which they are matched.

    Attributes:
        kit: The kit that the library was made with, whose adapters are known.
        adapter: The adapters after the insert of mate 1 and of single reads.
        mate_adapter: The adapters after the insert of mate 2.
        adapters: A FASTA file of adapters, for both mates; those of mate 1 or 2 alone have names
            that end in ``/1`` or ``/2``.
        front: The adapters before the insert of mate 1 and of single reads.
        mate_front: The adapters before the insert of mate 2.
        anywhere: Adapters that may be at either end of mate 1 and of single reads.
        mate_anywhere: Adapters that may be at either end of mate 2.
        min_overlap: The fewest bases of an adapter that must be aligned; 3 by default.
        error_rate: The most errors per aligned base; from 1 on, the most errors in an adapter. 0.1
            by default.
        times: How many adapters are removed from a read at most; 1 by default.
        indels: Whether inserted and deleted bases are allowed as errors.
        match_read_wildcards: Whether IUPAC codes in reads match the bases that they stand for.
        match_adapter_wildcards: Whether those in adapters do.
        pair_adapters: Whether the adapters of mate 1 and mate 2 belong together, in their order:
            both are removed, or none.
    """

    kit: str | None = option(
        "The kit that the library was made with.", default=None, choices=tuple(KITS)
    )
    adapter: Names = option(
        "An adapter after the insert of mate 1 or of single reads, or none.",
        default=(),
        metavar="SEQUENCE",
    )
    mate_adapter: Names = option(
        "An adapter after the insert of mate 2, or none.", default=(), metavar="SEQUENCE"
    )
    adapters: str | None = option(
        "A FASTA file of adapters; names end in /1 or /2 where they are for one mate.",
        default=None,
        metavar="FILE",
    )
    front: Names = option(
        "By rules: an adapter before the insert of mate 1 or of single reads.",
        default=(),
        metavar="SEQUENCE",
    )
    mate_front: Names = option(
        "By rules: an adapter before the insert of mate 2.", default=(), metavar="SEQUENCE"
    )
    anywhere: Names = option(
        "By rules: an adapter at either end of mate 1 or of single reads.",
        default=(),
        metavar="SEQUENCE",
    )
    mate_anywhere: Names = option(
        "By rules: an adapter at either end of mate 2.", default=(), metavar="SEQUENCE"
    )
    min_overlap: int | None = option(
        "By rules: the fewest bases of an adapter that must be aligned; 3 by default.",
        default=None,
        unit="bases",
        minimum=1,
    )
    error_rate: float | None = option(
        "By rules: the most errors per aligned base, or from 1 on in the whole adapter; 0.1 by"
        " default.",
        default=None,
        minimum=0,
    )
    times: int | None = option(
        "By rules: how many adapters are removed from a read at most; 1 by default.",
        default=None,
        minimum=1,
        maximum=1 << 20,
    )
    indels: bool = option(
        "By rules: whether inserted and deleted bases are allowed as errors (the default).",
        default=True,
    )
    match_read_wildcards: bool = option(
        "By rules: whether IUPAC codes in reads match the bases that they stand for.",
        default=False,
    )
    match_adapter_wildcards: bool = option(
        "By rules: whether IUPAC codes in adapters do (the default).", default=True
    )
    pair_adapters: bool = option(
        "By rules: whether adapters of mate 1 and mate 2 are only removed together, first with"
        " first and so on.",
        default=False,
    )

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files of adapters, which are read when the adapters are first needed."""
        named = (file_of(text) for field in _FIELDS for text in getattr(self, field))
        return tuple(file for file in (self.adapters, *named) if file is not None)

    def __getstate__(self) -> dict[str, object]:
        """The settings, and the adapters in files, so that other machines do not need these."""
        if self._by_rules and self._has_adapters:
            self._rules_of(str(getattr(self, "name", "")))
        return self.__dict__

    def _settle(self, step: str) -> None:
        """Checks the lists of adapters.

        Raises:
            ConfigurationError: One is no list, or both a kit, adapters and a file are given.
        """
        for field in _FIELDS:
            settle_names(self, field)
        given = [
            name for name in ("kit", "adapter", "adapters") if getattr(self, name) not in {None, ()}
        ]
        if len(given) > 1:
            raise ConfigurationError(
                f"{step}: give a kit, adapters, or a file of them, not {' and '.join(given)}"
            )

    @property
    def _by_rules(self) -> bool:
        """Whether an option says that adapters are matched by rules."""
        return bool(
            self.front
            or self.mate_front
            or self.anywhere
            or self.mate_anywhere
            or self.min_overlap is not None
            or self.error_rate is not None
            or self.times is not None
            or not self.indels
            or self.match_read_wildcards
            or not self.match_adapter_wildcards
            or self.pair_adapters
        )

    @property
    def _has_adapters(self) -> bool:
        """Whether an option says which adapters to look for."""
        given = (getattr(self, field) for field in _FIELDS)
        return self.kit is not None or self.adapters is not None or any(given)

    def _rules_of(self, step: str) -> Rules:
        """The adapters, as `_read_rules` reads them; later calls return the same."""
        rules: Rules | None = self.__dict__.get("_rules")
        if rules is None:
            rules = self._read_rules(step)
            object.__setattr__(self, "_rules", rules)
        return rules

    def _read_rules(self, step: str) -> Rules:
        """The adapters as the options have them; files are read.

        Raises:
            ConfigurationError: An adapter is written wrongly, or adapters do not go together.
            InputError: A file cannot be read.
        """
        settings = Settings(
            0.1 if self.error_rate is None else self.error_rate,
            3 if self.min_overlap is None else self.min_overlap,
            self.indels,
            self.match_read_wildcards,
            self.match_adapter_wildcards,
        )
        # Once for both mates: the file may be a pipe.
        records = [] if self.adapters is None else read_records(self.adapters)
        mates = tuple(
            tuple(
                each if name is None else replace(each, name=name)
                for place, name, text, where in self._given(mate, records)
                for each in adapters_of(text, place, settings, f"{step}: {where}")
            )
            for mate in (0, 1)
        )
        rules = Rules((mates[0], mates[1]), self.times or 1, self.pair_adapters)
        if rules.pairs and rules.times > 1:
            raise ConfigurationError(f"{step}: pair-adapters are removed once, not {rules.times}x")
        if rules.pairs and len(mates[0]) != len(mates[1]):
            raise ConfigurationError(
                f"{step}: pair-adapters needs as many adapters for mate 2 as for mate 1;"
                f" {len(mates[0])} and {len(mates[1])} are given"
            )
        return rules

    def _given(
        self, mate: int, records: Iterable[tuple[str | None, str]]
    ) -> Iterator[tuple[Place, str | None, str, str]]:
        """The end, the name, the text and the option of each adapter of a mate."""
        if self.kit is not None:
            kit = KITS[self.kit]
            yield "back", kit.name, kit.mate2 if mate else kit.mate1, "kit"
        for name, text in records:
            if not (name or "").endswith(f"/{2 - mate}"):
                yield "back", name, text, f"adapters {self.adapters}"
        for end, place in _ENDS.items():
            field = f"mate_{end}" if mate else end
            for text in getattr(self, field):
                if text.lower() != NONE:
                    yield place, None, text, field.replace("_", "-")
