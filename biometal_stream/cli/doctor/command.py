"""The command of ``doctor``, and its checks."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from biometal_stream.cli.command import OTHER, StepCommand
from biometal_stream.cli.doctor import machine, models, packages, trial
from biometal_stream.cli.doctor.finding import Finding, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from biometal_stream.cli.options import Options
    from biometal_stream.registry.plugins import Plugins


def doctor_command() -> StepCommand:
    """The command of ``doctor``."""
    return StepCommand(
        "doctor",
        place="alone",
        group=OTHER,
        runs=f"{__name__}:run_doctor",
        help="""Reports what is installed and supported, and runs a smoke test.

        Each line is ok, a note (something is missing or slow, but reads are processed), or broken.
        The exit status is 1 if anything is broken.""",
        params=[click.Option(["--json"], is_flag=True, help="Print JSON.")],
    )


def run_doctor(values: Mapping[str, Any], options: Options) -> int:
    """Prints the findings.

    Returns:
        The exit status: 1 if something essential is broken.
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
        print_table("", ("", "", ""), rows, text=range(3))
    return int(broken)


def examine(plugins: Plugins | None = None) -> list[Finding]:
    """Runs all checks; a check that fails is a finding too.

    Args:
        plugins: The plugins to check.
    """
    looks: list[tuple[str, Callable[[], Finding | list[Finding]], str]] = [
        ("biometal-stream", machine.installation, "broken"),
        ("cores", machine.cores, "broken"),
        ("memory", machine.memory, "broken"),
        ("SIMD", machine.simd, "broken"),
        ("libraries", packages.libraries, "broken"),
        ("codecs", packages.codecs, "broken"),
        ("rapidgzip", packages.rapidgzip, "note"),
        ("ONNX Runtime", models.onnx_runtime, "broken"),
        ("providers", models.model_providers, "broken"),
        ("models", models.shipped_models, "broken"),
        ("engines", packages.engines, "note"),
        ("training", packages.training, "note"),
        ("plugins", lambda: packages.plugin_findings(plugins), "note"),
        ("trial run", trial.trial_run, "broken"),
        ("kernels", trial.kernels, "broken"),
        ("numba cache", trial.kernel_cache, "broken"),  # covers all kernels that have run by now
    ]
    findings: list[Finding] = []
    for what, look, worst in looks:
        try:
            found = look()
        except Exception as fault:  # noqa: BLE001 - any failure is a finding
            found = Finding(what, words_of(fault), worst)
        findings += found if isinstance(found, list) else [found]
    return findings
