"""``doctor``: what this installation and this machine have, and whether the main job runs."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures
from biometal_stream.cli.command import OTHER, StepCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from biometal_stream.cli.options import Options


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        found: What there is, or what is wrong.
        state: ``ok``; ``note``, for what is missing and only makes things slower or fewer; or
            ``broken``, for what the main job cannot do without.
    """

    what: str
    found: str
    state: str = "ok"


def doctor_command() -> StepCommand:
    """The command of ``doctor``."""
    return StepCommand(
        "doctor",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_doctor",
        help="""Checks the installation and the machine, and tries the main job.

        Exits with status 1 when something essential is broken.""",
        params=[click.Option(["--json"], is_flag=True, help="Print JSON.")],
    )


def run_doctor(values: Mapping[str, Any], _: Options) -> int:
    """Prints the findings.

    Returns:
        The exit status: 1 when something essential is broken.
    """
    findings = examine()
    broken = any(finding.state == "broken" for finding in findings)
    if values["json"]:
        import json

        sys.stdout.write(
            json.dumps({"healthy": not broken, "findings": [asdict(f) for f in findings]}, indent=2)
            + "\n"
        )
        sys.stdout.flush()
    else:
        from biometal_stream.cli.tables import print_table

        rows = [(f.what, f.state, f.found) for f in findings]
        print_table("", ("", "", ""), rows, numbers=False)
    return int(broken)


def examine() -> list[Finding]:
    """Looks at everything; what fails is a finding too."""
    looks: list[tuple[str, Callable[[], Finding | list[Finding]], str]] = [
        ("biometal-stream", _self, "broken"),
        ("cores", _cores, "broken"),
        ("memory", _memory, "broken"),
        ("SIMD", _simd, "broken"),
        ("libraries", _libraries, "broken"),
        ("codecs", _codecs, "broken"),
        ("rapidgzip", _rapidgzip, "note"),
        ("ONNX Runtime", _onnxruntime, "broken"),
        ("providers", _providers, "broken"),
        ("models", _models, "broken"),
        ("engines", _engines, "note"),
        ("numba cache", _numba_cache, "broken"),
        ("trial run", _trial, "broken"),
    ]
    findings: list[Finding] = []
    for what, look, worst in looks:
        try:
            found = look()
        except Exception as fault:  # noqa: BLE001 - whatever fails here is what is asked for
            found = Finding(what, f"{type(fault).__name__}: {fault}", worst)
        findings += found if isinstance(found, list) else [found]
    return findings


def _self() -> list[Finding]:
    from biometal_stream.version import __version__

    build = f"{platform.python_implementation()} {platform.python_version()}"
    return [
        Finding("biometal-stream", __version__),
        Finding("Python", f"{build}, {sys.executable}"),
        Finding("platform", f"{platform.system()} {platform.release()}, {platform.machine()}"),
    ]


def _cores() -> Finding:
    from biometal_stream.run import available_cores

    found = f"{available_cores()} of {os.cpu_count()}"
    quota = cgroup_cores()
    if quota is None:
        return Finding("cores", found)
    if quota < available_cores():
        advice = f"--threads {max(1, round(quota))} may suit better"
        return Finding("cores", f"{found}, but a quota of {quota:g}: {advice}", "note")
    return Finding("cores", f"{found}, a quota of {quota:g}")


def cgroup_cores(root: Path = Path("/")) -> float | None:
    """The cores whose time this process's control group may use; ``None`` without a limit.

    Args:
        root: The root of the file system.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    groups = [line[3:].lstrip("/") for line in lines if line.startswith("0::")]
    limits = []
    for group in groups:
        folder = root / "sys/fs/cgroup" / group
        for place in (folder, *folder.parents):
            limit = _quota(place / "cpu.max")
            if limit is not None:
                limits.append(limit)
            if place == root / "sys/fs/cgroup":
                break
    return min(limits, default=None)


def _quota(file: Path) -> float | None:
    try:
        quota, period = file.read_text().split()
    except (OSError, ValueError):
        return None
    return None if quota == "max" else int(quota) / int(period)


def _memory() -> Finding:
    from biometal_stream.run import available_cores, default_memory

    default = default_memory(available_cores())
    return Finding("memory", f"{default // 1024**2} MiB of reads in flight unless --memory is set")


def _simd() -> Finding:
    from llvmlite import binding

    features = {name for name, there in binding.get_host_cpu_features().items() if there}
    bits, name, shown = simd_width(features)
    words = f"{bits} bits, {name}; LLVM sees {binding.get_host_cpu_name()}"
    return Finding("SIMD", f"{words} ({' '.join(shown)})" if shown else words)


def simd_width(features: set[str]) -> tuple[int, str, list[str]]:
    """The width of vectors of bytes, in bits, its name, and the features of vectors there are.

    Args:
        features: As LLVM names them.
    """
    relevant = sorted(f for f in features if f.startswith(("avx", "sse4", "ssse3", "neon", "sve")))
    if {"avx512f", "avx512bw"} <= features:
        return 512, "AVX-512", relevant
    if "avx2" in features:
        return 256, "AVX2", relevant
    if "neon" in features or platform.machine() in {"arm64", "aarch64"}:
        return 128, "NEON", relevant
    if "sse2" in features:
        return 128, "SSE", relevant
    return 64, "no vectors", relevant


def _libraries() -> list[Finding]:
    names = ("numpy", "pyarrow", "numba", "llvmlite", "click", "rich")
    return [_import(name) for name in names]


def _import(name: str) -> Finding:
    from importlib import metadata

    try:
        importlib.import_module(name)
        return Finding(name, metadata.version(name))
    except Exception as fault:  # noqa: BLE001 - a broken library may raise anything
        return Finding(name, f"{type(fault).__name__}: {fault}", "broken")


def _codecs() -> list[Finding]:
    import bz2  # noqa: F401 - Python can be built without these two
    import lzma  # noqa: F401
    import zlib

    from isal import ISAL_VERSION

    if sys.version_info >= (3, 14):
        from compression.zstd import zstd_version
    else:
        from backports.zstd import zstd_version
    libdeflate = _import("deflate")
    return [
        Finding("gzip (ISA-L)", f"{ISAL_VERSION}, isal {_import('isal').found}"),
        Finding("BGZF (libdeflate)", f"deflate {libdeflate.found}", libdeflate.state),
        Finding("zstd", zstd_version),
        Finding("bzip2, xz", f"of Python; zlib {zlib.ZLIB_RUNTIME_VERSION}"),
    ]


def _rapidgzip() -> Finding:
    found = _import("rapidgzip")
    if found.state == "ok":
        return found
    return Finding(
        "rapidgzip",
        "not there; with many cores it speeds up plain gzip:"
        " pip install 'biometal-stream[rapidgzip]'",
        "note",
    )


def _engines() -> Finding:
    """The engines that the stream and its operators can run in, which are not loaded for this."""
    from importlib import metadata

    there: list[str] = []
    missing: list[str] = []
    for engine in ("daft", "datafusion", "duckdb", "polars", "pyspark", "ray"):
        try:
            there.append(f"{engine} {metadata.version(engine)}")
        except metadata.PackageNotFoundError:
            missing.append(engine)
    without = f"; not installed: {', '.join(missing)}" if missing else ""
    return Finding("engines", f"{', '.join(there) or 'none'}{without}")


def _onnxruntime() -> Finding:
    from biometal_stream.models.runtime import onnxruntime, providers

    return Finding("ONNX Runtime", f"{onnxruntime().__version__}: {', '.join(providers())}")


def _providers() -> Finding:
    from biometal_stream.models.sessions.providers import PROVIDERS, available_providers

    there = [each.name for each in available_providers()]
    if not there:
        return Finding("providers", "none that can run a model; install onnxruntime anew", "broken")
    absent = [name for name in PROVIDERS if name not in there]
    more = f"; not in this ONNX Runtime: {', '.join(absent)}" if absent else ""
    return Finding("providers", f"models run on {', '.join(there)}{more}")


def _models() -> list[Finding]:
    from biometal_stream.models.library import shipped

    findings = [_model(name) for name in shipped()]
    return findings or [
        Finding("models", "none is shipped; name a folder or an .onnx file", "note")
    ]


def _model(name: str) -> Finding:
    """Opens a shipped model and has it predict once."""
    import warnings

    what = f"model {name}"
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            found = predict_once(name)
    except Exception as fault:  # noqa: BLE001 - whatever fails here is what is asked for
        return Finding(what, f"{type(fault).__name__}: {fault}", "broken")
    if seen:
        return Finding(what, "; ".join((found, *(str(each.message) for each in seen))), "note")
    return Finding(what, found)


def predict_once(name: str) -> str:
    """Opens a model, has it predict for made-up reads, and reports where it ran.

    Args:
        name: As of `biometal_stream.models.library.find_model`.

    Raises:
        BiometalError: It cannot be found or opened, or fails.
        PredictionError: It gave NaN or infinity.
    """
    import numpy as np

    from biometal_stream.errors import PredictionError
    from biometal_stream.models.library import find_model
    from biometal_stream.models.sessions import open_predictor
    from biometal_stream.models.sessions.proof import proof_features

    model = find_model(name)
    predictor = open_predictor(model)
    try:
        out = np.empty((predictor.rows, predictor.outputs), np.float32)
        predictor.predict(proof_features(model.card, predictor.rows), out)
        if not np.isfinite(out).all():
            raise PredictionError("gave NaN or infinity for reads that are made up")
        nodes = ", ".join(f"{count} on {place}" for place, count in predictor.placement.items())
    finally:
        predictor.close()
    version = f"version {model.card.version}, " if model.card.version else ""
    placed = f", nodes: {nodes}" if nodes else ""
    return f"{version}predicts on {predictor.provider}{placed}"


def _numba_cache() -> Finding:
    from biometal_stream.simd import jit
    from biometal_stream.sources import kernels

    folders = {
        str(jit.cache_folder(each))
        for each in vars(kernels).values()
        if hasattr(each, "py_func") and jit.cache_folder(each) is not None
    }
    if not folders:
        return Finding(
            "numba cache",
            "no folder can be written, so that each start compiles anew; set NUMBA_CACHE_DIR",
            "note",
        )
    folder = min(folders)
    if os.access(folder, os.W_OK) or not Path(folder).exists():
        return Finding("numba cache", folder)
    return Finding("numba cache", f"{folder} cannot be written; set NUMBA_CACHE_DIR", "note")


def _trial() -> Finding:
    from biometal_stream.cli.demo import sample_path
    from biometal_stream.operators import operator_classes
    from biometal_stream.pipeline import Pipeline
    from biometal_stream.sinks.summary import SummarySink
    from biometal_stream.sources.fastq import FastqSource

    with sample_path() as path:
        pipeline = Pipeline(FastqSource((str(path),))) | operator_classes()["min-length"](1)
        report = pipeline.execution(SummarySink()).run()
    read = f"{figures.count(report.reads_in)} bundled reads in {figures.seconds(report.wall)}"
    return Finding("trial run", read, "ok" if report.reads_in else "broken")
