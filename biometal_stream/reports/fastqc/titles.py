"""The titles of modules in FastQC's files. Some are capitalized differently from our names."""

from biometal_stream.reports.verdicts import modules

BASIC = "Basic Statistics"
"""The first module, which is not judged."""

_OWN = {
    modules.LENGTHS: "Sequence Length Distribution",
    modules.DUPLICATION: "Sequence Duplication Levels",
    modules.ADAPTERS: "Adapter Content",
    modules.KMERS: "Kmer Content",
}


def title(module: str) -> str:
    """The title of a module in FastQC's files.

    Args:
        module: One of `verdicts.modules.MODULES`, or `BASIC`.
    """
    return _OWN.get(module, module)
