"""Files and folders that are complete or absent."""

from biometal_stream.atomic.collisions import Output, OutputsSoFar, check_outputs
from biometal_stream.atomic.file import AtomicFile
from biometal_stream.atomic.files import AtomicFiles
from biometal_stream.atomic.folder import AtomicFolder
from biometal_stream.atomic.targets import STANDARD_OUTPUT
from biometal_stream.atomic.tree import AtomicTree
from biometal_stream.atomic.whole import together

__all__ = [
    "STANDARD_OUTPUT",
    "AtomicFile",
    "AtomicFiles",
    "AtomicFolder",
    "AtomicTree",
    "Output",
    "OutputsSoFar",
    "check_outputs",
    "together",
]
