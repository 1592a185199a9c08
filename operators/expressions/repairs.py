"""What was meant by a condition in the style of SQL, C or prose."""

from __future__ import annotations

import re

from biometal_stream.settings import meant_number

_QUOTED = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")

_LIKE = re.compile(r"(\w+)\s+(?:i?like)\s+(['\"])(%?)([^%'\"]*)(%?)\2", re.IGNORECASE)
_MATCH = re.compile(r"(\w+)\s*=?~\s*(['\"].*?['\"])")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})

_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"^\s*where\s+", ""),
        ("\u2265|=>", ">="),
        ("\u2264|=<", "<="),
        ("\u2260|<>", "!="),
        (r"&&|&", " and "),
        (r"\|\||\|", " or "),
        (r"(?<![<>=!])={3}(?!=)|(?<![<>=!])=(?!=)", "=="),
        (r"!(?!=)", "not "),
        (r"([\w.]+)\s+is\s+not\s+(?:null|none|nan)\b", r"not is_null(\1)"),
        (r"([\w.]+)\s+is\s+(?:null|none|nan)\b", r"is_null(\1)"),
        (r"([\w.]+)\s+!=\s*(?:null|none|nan)\b", r"not is_null(\1)"),
        (r"([\w.]+)\s+==\s*(?:null|none|nan)\b", r"is_null(\1)"),
        (r"(\w+)\s+between\s+([\w.]+)\s+and\s+([\w.]+)", r"\2 <= \1 <= \3"),
        (r"\b(true|false)\b", lambda match: match[1].capitalize()),
        (r"\b(and|or|not|in)\b", lambda match: match[1].lower()),
        (
            r"(?<![\w.])q\d+\b|(?<![\w.])\d[\d.]*(?:\s?%(?!\s*[\w(])|[a-z]+\b)",
            lambda m: _number(m[0]),
        ),
    )
)


def repaired(text: str) -> str:
    """Rewrites a condition in our syntax; quoted text is left unchanged.

    Returns:
        What was probably meant; it may be wrong, too.
    """
    text = _LIKE.sub(_pattern, text.translate(_QUOTES))
    text = _MATCH.sub(r"matches(\1, \2)", text)
    parts = _QUOTED.split(text)
    for place in range(0, len(parts), 2):  # quoted text is in between
        for pattern, instead in _RULES:
            parts[place] = pattern.sub(instead, parts[place])
    return "".join(
        part if place % 2 else re.sub(r"\s+", " ", part) for place, part in enumerate(parts)
    ).strip()


def _pattern(match: re.Match[str]) -> str:
    name, _, before, found, after = match.groups()
    if before and after:
        return f"contains({name}, {found!r})"
    if before or after:
        return f"{'ends_with' if before else 'starts_with'}({name}, {found!r})"
    return f"{name} == {found!r}"


def _number(text: str) -> str:
    number = meant_number(text)
    return text if number is None else f"{number:g}" if number < 1e6 else str(number)
