"""Prints the packages that the tests import, each with the version of this environment.

Those are the dependencies of the project and of its tests, and theirs, as `pip install` takes
them. A package for which there is no wheel for AArch64 is left out by `run`.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "biometal-stream"


def needed(name: str, extras: set[str]) -> dict[str, str]:
    """The versions of a project's dependencies, and of theirs."""
    versions: dict[str, str] = {}
    missing = [(name, extras)]
    while missing:
        name, extras = missing.pop()
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
                continue
            found = canonicalize_name(requirement.name)
            if found == PROJECT:
                missing.append((found, requirement.extras))
                continue
            try:
                version = distribution(found).version
            except PackageNotFoundError:
                continue
            if found not in versions:
                versions[found] = version
                missing.append((found, requirement.extras))
    return versions


if __name__ == "__main__":
    for package, version in sorted(needed(PROJECT, {"test"}).items()):
        print(f"{package}=={version}")  # noqa: T201 - for `run` to read
