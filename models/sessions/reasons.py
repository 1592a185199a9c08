"""Shortens error messages of a runtime to what a user needs."""

from __future__ import annotations

import re

_LONGEST = 200

_CODE = re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : ")
_NODE = re.compile(r"Non-zero status code returned while running (\w+) node\.")
_NAME = re.compile(r"\s*Name:'([^']*)'")
_STATUS = re.compile(r"\s*Status Message:\s*")
_LOADING = re.compile(r"Load model from .*? failed:\s*", re.DOTALL)
_INITIALISING = re.compile(r"Exception during initialization:\s*")
_PLACE = re.compile(  # a file of C++ with its line, and the function's name with its arguments
    r"(?:[\w./\\-]*/)?[\w.-]+\.(?:cc|cpp|h|hpp|cu):\d+ "
    r"(?:[^\n]*?\)(?: const)?(?: \[with [^\]]*\])?(?=\s|$)|[\w:~<>]+)\s*"
)
_CHECK = re.compile(r"\S+(?:\.IsOK\(\)| [=!<>]=? \S+)? was false\.\s*")
_NO_MEMORY = ("bfc_arena", "Available memory of", "Failed to allocate memory", "bad_alloc")


def reason(error: BaseException) -> str:
    """Returns the message of a runtime's error on one line.

    Codes, C++ files and functions, and everything after the first sentences are left out. The
    name of the operator that failed is kept.

    Returns:
        At most 200 characters, and an ellipsis.
    """
    text = str(error)
    if ran_out_of_memory(error):
        return f"{_failed(text)}it asks for more memory than is free"
    node = _failed(text)
    for pattern in (_CODE, _LOADING, _INITIALISING, _NODE, _NAME, _STATUS, _PLACE, _CHECK):
        text = pattern.sub("", text)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = " ".join(lines[0].split()) if lines else type(error).__name__
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST]}..."
    return f"{node}{said}"


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether the runtime was refused memory."""
    text = str(error)
    return isinstance(error, MemoryError) or any(words in text for words in _NO_MEMORY)


def _failed(text: str) -> str:
    """Names the innermost operator that failed, as the start of a sentence."""
    nodes = list(_NODE.finditer(text))
    if not nodes:
        return ""
    name = _NAME.match(text, nodes[-1].end())
    shown = f" '{name.group(1)}'" if name and name.group(1) else ""
    return f"{nodes[-1].group(1)}{shown}: "
