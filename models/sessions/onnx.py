"""Builds sessions of ONNX Runtime, and the predictor that uses one."""

from __future__ import annotations

import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ModelError, PredictionError
from biometal_stream.models import runtime
from biometal_stream.models.files import MIB, MOST_MODEL_BYTES
from biometal_stream.models.predictor import Calls
from biometal_stream.models.sessions.contents import contents_of
from biometal_stream.models.sessions.fit import Signature, hand_over
from biometal_stream.models.sessions.memory import DEFAULT_MEMORY, SHRINK, Turns, bounded
from biometal_stream.models.sessions.placement import RECORD, placement
from biometal_stream.models.sessions.providers import PROVIDERS, Provider
from biometal_stream.models.sessions.reasons import ran_out_of_memory, reason

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_CPU = PROVIDERS["cpu"]
_FATAL = 4
"""The log level of the runtime; what matters it raises as errors."""

_GUARDED = (1, 24)
"""The first version that refuses model data from outside the model's folder. Tested: 1.18, 1.20 and
1.23 read any path, also links and absolute paths; 1.24 to 1.26 and 1.32 refuse them."""

_EXTERNAL = b"\x0a\x08location"
"""The first key of a tensor's external data, as in an ONNX file."""


def open_session(
    path: Path,
    provider: Provider = _CPU,
    options: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    *,
    memory: int = DEFAULT_MEMORY,
    calls: Calls | None = None,
) -> Any:
    """Builds a session that several threads may share.

    Each call runs in its caller's thread: the session has no threads, so none that spin. As many
    calls run in parallel as threads make them.

    Args:
        path: An ONNX file. Its external data must be in its folder.
        provider: What runs it; nodes that it does not support run on the CPU.
        options: The provider's options.
        sizes: The sizes of dynamic axes, by name.
        memory: The bytes that its concurrent calls may use together, besides the weights.
        calls: The group that loading belongs to, which can be ended.

    Returns:
        An ``onnxruntime.InferenceSession``.

    Raises:
        ModelError: The file is missing or broken, asks for too much memory, or the runtime cannot
            run it.
        MissingExtraError: ONNX Runtime is not installed.
        PredictionError: Loading was ended.
    """
    limit = _limit(path, memory)
    settings = _settings()
    for name, size in (sizes or {}).items():
        settings.add_free_dimension_override_by_name(name, size)
    providers: list[Any] = [(provider.runtime_name, dict(options or {}))]
    if provider is not _CPU:
        providers.append(_CPU.runtime_name)
    cancel = getattr(settings, "set_load_cancellation_flag", lambda _: None)  # since 1.21
    with (calls or Calls()).running(lambda: cancel(True)), bounded(settings, limit):
        return _session(path, settings, providers)


def has_external_data(path: Path) -> bool:
    """Whether an ONNX file keeps tensors in other files. False positives are possible.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(_EXTERNAL) >= 0


class OnnxPredictor:
    """A model in ONNX Runtime. Safe to share between threads; each runs its own call.

    Args:
        session: A session from `open_session`.
        signature: The model's input and output.
        source: The model's file, for messages.
        provider: The provider of the session.
        rows: The rows that suit one call, or that it takes if that is fixed.
        fixed: Whether each call takes exactly that many.
        outputs: The numbers that the model returns for each row.
        memory: The bytes that concurrent calls may use together, for messages.
    """

    def __init__(
        self,
        session: Any,
        signature: Signature,
        source: str,
        *,
        provider: Provider,
        rows: int,
        fixed: bool,
        outputs: int,
        memory: int = DEFAULT_MEMORY,
    ) -> None:
        self.provider: str = provider.name
        self.rows = rows
        self.fixed = fixed
        self.outputs = outputs
        self.placement: Mapping[str, int] = placement(session)
        self._session = session
        self._input = signature.input
        self._output = [signature.output]
        self._source = source
        self._memory = memory
        self._turns = Turns()

    def run(self, features: NDArray[Any], /, calls: Calls | None = None) -> NDArray[Any]:
        """Runs the model once and returns its output unchanged.

        Raises:
            PredictionError: The runtime failed, ran out of memory, or was ended.
        """
        calls = calls or Calls()
        with self._turns.beside():
            try:
                return self._call(features, calls)
            except Exception as error:
                if not ran_out_of_memory(error):
                    raise self._failed(features, error) from error
        return self._call_alone(features, calls)

    def _call(self, features: NDArray[Any], calls: Calls, *, shrink: bool = False) -> NDArray[Any]:
        onnxruntime: Any = runtime.onnxruntime()
        options = onnxruntime.RunOptions()
        options.log_severity_level = _FATAL
        if shrink:
            options.add_run_config_entry(SHRINK, "cpu:0")
        with calls.running(lambda: setattr(options, "terminate", True)):
            # NumPy arrays are the cheapest way into the runtime: 8 us per call, where a binding
            # of the caller's buffers takes 12 and OrtValues take 45. On the CPU the array is not
            # copied.
            (result,) = self._session.run(self._output, {self._input: features}, options)
            return result  # type: ignore[no-any-return]

    def _call_alone(self, features: NDArray[Any], calls: Calls) -> NDArray[Any]:
        """Runs the model while no other call is running, because they did not fit together."""
        with self._turns.alone():
            for last in (False, True):  # the first attempt ends by releasing unused memory
                try:
                    return self._call(features, calls, shrink=True)
                except Exception as error:
                    if last or not ran_out_of_memory(error):
                        raise self._failed(features, error) from error
        raise AssertionError("one of the two returns or raises")

    def _failed(self, features: NDArray[Any], error: Exception) -> PredictionError:
        if isinstance(error, PredictionError):
            return error
        rows = f"{len(features):,} {'row' if len(features) == 1 else 'rows'}"
        if ran_out_of_memory(error):
            fewer = "" if self.fixed else "fewer rows a call (--rows) or "
            return PredictionError(
                f"{self._source}: needs more than {self._memory // MIB:,} MiB of memory for a call"
                f" of {rows} ({reason(error)}); give it {fewer}more memory (--max-memory)"
            )
        return PredictionError(f"{self._source}: failed on {rows}: {reason(error)}")

    def predict(
        self, features: NDArray[Any], out: NDArray[np.float32], /, calls: Calls | None = None
    ) -> None:
        """Runs the model once; see `biometal_stream.models.predictor.Predictor`."""
        hand_over(self.run(features, calls), out, self._source)

    def close(self) -> None:
        """Releases the session. No call may be running or follow."""
        self._session = None


def _limit(path: Path, memory: int) -> int:
    """The bytes that a session may allocate for weights and calls.

    Weights count twice, because the runtime rearranges them for its kernels and then holds both.

    Raises:
        ModelError: The file asks for more than it is allowed.
    """
    contents = contents_of(path)
    if contents.sparse > memory:
        raise ModelError(
            f"{path}: its sparse tensors become {contents.sparse // MIB:,} MiB; at most"
            f" {memory // MIB:,} MiB are allowed (--max-memory)"
        )
    most = max(MOST_MODEL_BYTES, memory)
    if contents.weights > most:
        raise ModelError(
            f"{path}: has weights of {contents.weights // MIB:,} MiB; at most {most // MIB:,} MiB"
            " are allowed (--max-memory)"
        )
    return memory + 2 * (contents.weights + contents.sparse)


def _settings() -> Any:
    onnxruntime: Any = runtime.onnxruntime()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.inter_op_num_threads = 1
    settings.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    settings.log_severity_level = _FATAL
    # It would keep a memory plan for every batch size that it has seen, and gain nothing.
    settings.enable_mem_pattern = False
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    settings.add_session_config_entry("session.inter_op.allow_spinning", "0")
    settings.add_session_config_entry(RECORD, "1")
    return settings


def _session(path: Path, settings: Any, providers: list[Any]) -> Any:
    onnxruntime: Any = runtime.onnxruntime()
    try:
        _refuse_unguarded(path, str(onnxruntime.__version__))
        return onnxruntime.InferenceSession(
            str(path),
            settings,
            providers=providers,
            # Its own fallback to the CPU prints to standard output, where our results may go.
            enable_fallback=0,
            # It would compute constants while loading, without any limit on memory and time.
            disabled_optimizers=["ConstantFolding"],
        )
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:
        raise ModelError(f"{path}: {_why(error)}") from error


def _refuse_unguarded(path: Path, version: str) -> None:
    """Refuses external data if the runtime would read them from anywhere."""
    external = has_external_data(path)
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if external and numbers < _GUARDED:
        raise ModelError(
            f"{path}: keeps data in other files, which ONNX Runtime {version} would read from"
            " anywhere; install onnxruntime 1.24 or later"
        )


def _why(error: Exception) -> str:
    said = reason(error)
    if "external data" in said.lower():
        return f"keeps data where it may not, in its own folder alone: {said}"
    return f"cannot be loaded by ONNX Runtime: {said}"
