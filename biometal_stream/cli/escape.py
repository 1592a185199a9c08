"""Text that is safe to show on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Escapes characters that cannot be shown: the name of a file may contain any byte.

    Control characters, including those that control a terminal, become ``\x1b`` and the like, as
    do invisible ones that change the direction of text, and bytes that are not text.

    Args:
        text: A message of one line.

    Returns:
        The message in printable characters.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # Python's stand-in for a byte of a name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
