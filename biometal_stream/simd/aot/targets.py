"""The processors that machine code is written for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A processor, as LLVM knows it.

    Attributes:
        name: As `biometal_stream.simd.processor` names it.
        triple: ELF of Linux for all: the image of it is what every system takes.
        cpu: The processor.
        features: Added to it.
    """

    name: str
    triple: str
    cpu: str
    features: str = ""

    @property
    def neon(self) -> bool:
        """Whether it has NEON."""
        return self.triple.startswith("aarch64")


_X86 = "x86_64-unknown-linux-gnu"
TARGETS = (
    Target("x86-64-v2", _X86, "x86-64-v2"),
    Target("x86-64-v3", _X86, "x86-64-v3"),
    Target("x86-64-v4", _X86, "x86-64-v4"),
    # Register x18 is macOS's own.
    Target("aarch64", "aarch64-unknown-linux-gnu", "generic", "+neon,+reserve-x18"),
)
"""All targets."""
