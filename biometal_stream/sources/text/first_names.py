"""Detects that files read one after another hold mates 1 and 2 of the same reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.mates.names import are_mates, shown_separator, split_mark

if TYPE_CHECKING:
    from collections.abc import Callable


class FirstNames:
    """Remembers the first names of each lane. For use by one thread.

    Args:
        warn: Shows a warning.
    """

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._lanes: dict[bytes, list[tuple[str, list[bytes]]]] = {}
        self._told = False

    def note(self, file: str, names: list[bytes]) -> None:
        """Stores the first names of the next file.

        Warns, once, if these are the names of an earlier file, or of its mates.

        Args:
            file: The file's name.
            names: `SHOWING` names, or fewer if there are not as many.
        """
        if not names or self._told:
            return
        alike = self._lanes.setdefault(split_mark(names[0])[0], [])
        for other, theirs in alike:
            if file == other:  # `check_distinct` has already warned
                continue
            if _are_of_mates(theirs, names) or _are_of_mates(names, theirs):
                self._told = True
                self._warn(
                    f"{other} and {file}: the first reads have the same names; if these are mates,"
                    " name the second file after --mate"
                )
                return
        alike.append((file, names))
        return


def _are_of_mates(ones: list[bytes], twos: list[bytes]) -> bool:
    separator = shown_separator(ones, twos)
    return ones == twos or all(
        are_mates(one, two, separator) for one, two in zip(ones, twos, strict=False)
    )
