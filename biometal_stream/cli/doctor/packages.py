"""The installed packages."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from biometal_stream.cli.doctor.finding import Finding, words_of

if TYPE_CHECKING:
    from biometal_stream.registry.plugins import Plugins


def libraries() -> list[Finding]:
    """The libraries that every run needs."""
    names = ("numpy", "pyarrow", "click", "rich")
    return [imported(name) for name in names]


def imported(name: str) -> Finding:
    """Imports a package and returns its version."""
    from importlib import metadata

    try:
        importlib.import_module(name)
        return Finding(name, metadata.version(name))
    except Exception as fault:  # noqa: BLE001 - a broken library may raise anything
        return Finding(name, words_of(fault), "broken")


def codecs() -> list[Finding]:
    """The codecs, by the libraries that implement them."""
    import bz2  # noqa: F401 - Python can be built without these two
    import lzma  # noqa: F401
    import zlib

    from isal import ISAL_VERSION

    if sys.version_info >= (3, 14):
        from compression.zstd import zstd_version
    else:
        from backports.zstd import zstd_version
    libdeflate = imported("deflate")
    return [
        Finding("gzip (ISA-L)", f"{ISAL_VERSION}, isal {imported('isal').found}"),
        Finding("BGZF (libdeflate)", f"deflate {libdeflate.found}", libdeflate.state),
        Finding("zstd", zstd_version),
        Finding("bzip2, xz", f"of Python; zlib {zlib.ZLIB_RUNTIME_VERSION}"),
    ]


def rapidgzip() -> Finding:
    """Whether gzip can be inflated by several threads."""
    found = imported("rapidgzip")
    if found.state == "ok":
        return found
    return Finding(
        "rapidgzip",
        "not installed; it reads plain gzip faster on many cores:"
        " pip install 'biometal-stream[rapidgzip]'",
        "note",
    )


def engines() -> Finding:
    """The engines that can run the stream and its operators."""
    there, missing = _installed("daft", "datafusion", "duckdb", "polars", "pyspark", "ray")
    without = f"; not installed: {', '.join(missing)}" if missing else ""
    return Finding("engines", f"{', '.join(there) or 'none'}{without}")


def training() -> Finding:
    """What ``train`` needs."""
    there, missing = _installed("torch", "onnx", "onnxscript", "scikit-learn", "matplotlib")
    if not missing:
        return Finding("training", ", ".join(there))
    return Finding(
        "training",
        f"not installed: {', '.join(missing)}; only train needs them:"
        " pip install 'biometal-stream[train]'",
        "note",
    )


def plugin_findings(plugins: Plugins | None) -> list[Finding]:
    """A line for each step that a plugin adds, or fails to add."""
    from biometal_stream.cli.operators import plugin_fault

    if plugins is None or not plugins.origins():
        return [Finding("plugins", "none")]
    findings = []
    for name, origins in sorted(plugins.origins().items()):
        fault = plugin_fault(plugins, name)
        found = f"step '{name}' of {', '.join(origins)}" if fault is None else fault
        findings.append(Finding("plugin", found, "ok" if fault is None else "note"))
    return findings


def _installed(*packages: str) -> tuple[list[str], list[str]]:
    """The installed packages, with their versions, and the others. Imports none of them."""
    from importlib import metadata

    there: list[str] = []
    missing: list[str] = []
    for package in packages:
        try:
            there.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    return there, missing
