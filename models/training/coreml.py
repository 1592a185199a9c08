"""From torch to a Core ML package: converted on any system, run only on macOS."""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ModelError, SinkError
from biometal_stream.models.training.extras import need
from biometal_stream.models.training.onnx_export import INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import nn

    from biometal_stream.models.encodings import Encoding

BATCHES = (1, 256, 1024)
"""The batch sizes of the package's functions, which share one copy of the weights."""

OPERATORS = frozenset({"cast", "linear", "relu"})
"""The operators that the Neural Engine runs in half precision and our networks need."""

_MOST_AXES = 5
_TYPES = {65552: "float16", 65568: "float32", 131104: "int32"}


@dataclass(frozen=True)
class PackageFunction:
    """One function of a Core ML package, from its description.

    Attributes:
        name: Its name, such as ``batch_1024``.
        input: The input's type and shape.
        output: The output's type and shape.
        operators: Its operators, in order, without constants.
        weight_types: The types of constants with more than one number.
    """

    name: str
    input: tuple[str, tuple[int, ...]]
    output: tuple[str, tuple[int, ...]]
    operators: tuple[str, ...]
    weight_types: frozenset[str]


def coremltools() -> Any:
    """Imports coremltools, without its messages about what it misses outside macOS.

    Raises:
        MissingExtraError: It is not installed.
    """
    with _quiet():
        return need("coremltools", "coreml")


def to_mlpackage(
    network: nn.Module, encoding: Encoding, path: Path, batches: Sequence[int] = BATCHES
) -> tuple[PackageFunction, ...]:
    """Converts a network to a Core ML package with a function for each batch size.

    The functions are called ``batch_1024`` and so on; the largest is the default. Arithmetic and
    weights are float16, the input is float32 and the output float16, shapes are fixed. It needs
    macOS 15 or iOS 18 to run.

    Args:
        network: In evaluation mode, from (batch, *shape of the encoding) to (batch, 1).
        encoding: How reads become its input.
        path: The folder to write, with a name that ends in ``.mlpackage``; it is replaced.
        batches: The sizes, each once.

    Returns:
        The functions of the package, which have been checked.

    Raises:
        MissingExtraError: torch or coremltools is not installed.
        ModelError: The package does not have the expected operators, shapes or types.
        SinkError: It cannot be written.
    """
    torch, tools = need("torch"), coremltools()
    with _quiet(), TemporaryDirectory(prefix="biometal-") as folder:
        descriptor = tools.utils.MultiFunctionDescriptor()
        for rows in batches:
            example = torch.zeros((rows, *encoding.shape))
            converted = tools.convert(
                torch.jit.trace(network, example),
                inputs=[tools.TensorType(INPUT, shape=tuple(example.shape), dtype=np.float32)],
                outputs=[tools.TensorType(OUTPUT)],
                convert_to="mlprogram",
                compute_precision=tools.precision.FLOAT16,
                minimum_deployment_target=tools.target.macOS15,
                skip_model_load=True,
            )
            single = str(Path(folder) / f"{rows}.mlpackage")
            converted.save(single)
            descriptor.add_function(single, "main", f"batch_{rows}")
        descriptor.default_function_name = f"batch_{max(batches)}"
        whole = Path(folder) / "whole.mlpackage"
        tools.utils.save_multifunction(descriptor, str(whole))
        functions = describe_package(whole)
        _check(functions, encoding, batches)
        try:
            if path.exists():
                shutil.rmtree(path)
            shutil.copytree(whole, path)
        except OSError as error:
            raise SinkError(f"{path}: cannot be written: {error.strerror}") from error
    return functions


def describe_package(path: Path) -> tuple[PackageFunction, ...]:
    """Reads the functions of a Core ML package, without Core ML.

    Raises:
        MissingExtraError: coremltools is not installed.
    """
    spec = coremltools().utils.load_spec(str(path))
    described = {each.name: each for each in spec.description.functions}
    return tuple(
        _function(name, described[name], program)
        for name, program in sorted(spec.mlProgram.functions.items())
    )


def _function(name: str, described: Any, program: Any) -> PackageFunction:
    block = program.block_specializations[program.opset]
    types = set()
    for operation in block.operations:
        for output in operation.outputs:
            tensor = output.type.tensorType
            if operation.type == "const" and tensor.dimensions:
                types.add(_mil_type(tensor.dataType))
    return PackageFunction(
        name,
        _feature(described.input),
        _feature(described.output),
        tuple(each.type for each in block.operations if each.type != "const"),
        frozenset(types),
    )


def _mil_type(number: int) -> str:
    mil = need("coremltools.proto.MIL_pb2", "coreml")
    return str(mil.DataType.Name(number)).lower()


def _feature(features: Any) -> tuple[str, tuple[int, ...]]:
    (feature,) = features
    array = feature.type.multiArrayType
    return _TYPES.get(array.dataType, str(array.dataType)), tuple(array.shape)


def _check(
    functions: tuple[PackageFunction, ...], encoding: Encoding, batches: Sequence[int]
) -> None:
    """Checks a package against what the Neural Engine supports."""
    if {each.name for each in functions} != {f"batch_{rows}" for rows in batches}:
        raise ModelError(f"the package has other functions than {batches}: {functions}")
    for each in functions:
        rows = int(each.name.removeprefix("batch_"))
        right = (
            each.input == ("float32", (rows, *encoding.shape))
            and each.output == ("float16", (rows, 1))
            and set(each.operators) <= OPERATORS
            and each.weight_types == {"float16"}
            and len(each.input[1]) <= _MOST_AXES
        )
        if not right:
            raise ModelError(f"the package is not what the Neural Engine takes: {each}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses what coremltools prints about macOS, versions and progress."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
