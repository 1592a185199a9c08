"""``doctor``: what this installation and this machine have, and whether a trial run works."""

from __future__ import annotations

import importlib
import os
import platform
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli import figures
from biometal_stream.cli.command import OTHER, StepCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.registry.plugins import Plugins


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
        help="""Checks the installation and the machine, and runs a small trial.

        Each line is ok, a note (something is missing or slow, but reads are processed), or broken.
        The exit status is 1 if anything is broken.""",
        params=[click.Option(["--json"], is_flag=True, help="Print JSON.")],
    )


def run_doctor(values: Mapping[str, Any], options: Options) -> int:
    """Prints the findings.

    Returns:
        The exit status: 1 when something essential is broken.
    """
    findings = examine(options.plugins)
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


def examine(plugins: Plugins | None = None) -> list[Finding]:
    """Looks at everything; what fails is a finding too.

    Args:
        plugins: The plugins to look at.
    """
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
        ("training", _training, "note"),
        ("plugins", lambda: plugin_findings(plugins), "note"),
        ("trial run", _trial, "broken"),
        ("numba cache", _numba_cache, "broken"),  # of all kernels that have run by now
    ]
    findings: list[Finding] = []
    for what, look, worst in looks:
        try:
            found = look()
        except Exception as fault:  # noqa: BLE001 - whatever fails here is what is asked for
            found = Finding(what, _words(fault), worst)
        findings += found if isinstance(found, list) else [found]
    return findings


def _words(fault: Exception) -> str:
    """What an exception says; an error of ours says it without its class."""
    from biometal_stream.errors import BiometalError

    return str(fault) if isinstance(fault, BiometalError) else f"{type(fault).__name__}: {fault}"


def _self() -> list[Finding]:
    from biometal_stream.version import __version__

    build = f"{platform.python_implementation()} {platform.python_version()}"
    return [
        Finding("biometal-stream", __version__),
        Finding("Python", f"{build}, {sys.executable}"),
        Finding("platform", f"{platform.system()} {platform.release()}, {platform.machine()}"),
    ]


def _cores() -> Finding:
    from biometal_stream.limits import allowed_cores, quota_cores
    from biometal_stream.run import available_cores

    found = f"{available_cores()} of {os.cpu_count()}"
    quota = quota_cores()
    if quota is not None and quota < allowed_cores():
        found += f", by a quota of {quota:g}"
    return Finding("cores", found)


def _memory() -> Finding:
    from biometal_stream.limits import usable_memory
    from biometal_stream.run import available_cores, default_memory

    default = default_memory(available_cores())
    there = usable_memory()
    of = "" if there is None else f", of {there // 1024**2:,} MiB that there are"
    found = f"{default // 1024**2:,} MiB of reads in flight unless --memory is set{of}"
    return Finding("memory", found)


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
        return Finding(name, _words(fault), "broken")


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
        "not installed; it reads plain gzip faster on many cores:"
        " pip install 'biometal-stream[rapidgzip]'",
        "note",
    )


def _engines() -> Finding:
    """The engines that the stream and its operators can run in."""
    there, missing = _installed("daft", "datafusion", "duckdb", "polars", "pyspark", "ray")
    without = f"; not installed: {', '.join(missing)}" if missing else ""
    return Finding("engines", f"{', '.join(there) or 'none'}{without}")


def _training() -> Finding:
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
    """Those that are installed, with their versions, and the others. Nothing is loaded for this."""
    from importlib import metadata

    there: list[str] = []
    missing: list[str] = []
    for package in packages:
        try:
            there.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            missing.append(package)
    return there, missing


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
        return Finding(what, _words(fault), "broken")
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


def _trial() -> Finding:
    """Runs the job of ``demo`` into Parquet, and into FASTQ, of which nothing is kept."""
    from biometal_stream.cli.demo import demo_pipeline, sample_path
    from biometal_stream.sinks.choose import sink_for

    reports = []
    with sample_path() as path:
        for name in ("parquet", "fastq"):
            sink = sink_for(os.devnull, format=name, paired=False)
            reports.append(demo_pipeline(path, measured=name != "fastq").execution(sink).run())
    read, wall = reports[0].reads_in, sum(report.wall for report in reports)
    words = (
        f"{figures.count(read)} bundled reads to Parquet and to FASTQ in {figures.seconds(wall)}"
    )
    return Finding("trial run", words, "ok" if reports[0].reads_out else "broken")


def _numba_cache() -> Finding:
    """Whether the machine code of every kernel that is loaded can be kept."""
    from biometal_stream.simd import jit

    modules = [module for name, module in sys.modules.items() if name.endswith("kernels")]
    values = [each for module in modules for each in vars(module).values()]
    found = {jit.cache_folder(each) for each in values if hasattr(each, "py_func")}
    folders = sorted(str(folder) for folder in found if folder is not None)
    if not folders:
        return Finding("numba cache", f"no folder can be written, so {_ADVICE}", "note")
    for folder in folders:
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(2**20))  # a full disk takes new names and no bytes
        except OSError as fault:
            words = f"{folder} cannot be written ({fault.strerror}), so {_ADVICE}"
            return Finding("numba cache", words, "note")
    kept = os.path.commonpath(folders)
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named and not Path(kept).is_relative_to(Path(named).absolute()):
        words = f"{kept}; not in NUMBA_CACHE_DIR, {named}, which must be yours and no one else's"
        return Finding("numba cache", words, "note")
    return Finding("numba cache", kept)


_ADVICE = "each start compiles again; set NUMBA_CACHE_DIR to a folder of yours"
