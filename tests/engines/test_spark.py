"""What Spark says of workers that are gone, as it says it; no Spark runs here."""

import pytest

pytest.importorskip("pyspark")

from biometal_stream.engines.spark import _explained, _is_death

JAVA = """An error occurred while calling o2348.getResult.
: org.apache.spark.SparkException: Exception thrown in awaitResult:
\tat org.apache.spark.util.SparkThreadUtils$.awaitResult(SparkThreadUtils.scala:53)
Caused by: org.apache.spark.SparkException: {}
\tat org.apache.spark.errors.SparkCoreErrors$.some(SparkCoreErrors.scala:55)
"""
STAGE = (
    "Job aborted due to stage failure: Task 1 in stage 12.0 failed 1 times, most recent failure:"
    " Lost task 1.0 in stage 12.0 (TID 49) (192.0.2.2 executor driver): "
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "EOFException occurred while reading the port number from pyspark.daemon's stdout.",
            "EOFException occurred while reading the port number from pyspark.daemon's stdout",
        ),
        (
            f"{STAGE}org.apache.spark.SparkException: Python worker exited unexpectedly (crashed).",
            "Python worker exited unexpectedly (crashed)",
        ),
        (f"{STAGE}java.net.SocketException: Connection reset", "Connection reset"),
        (f"{STAGE}java.net.SocketException: Broken pipe", "Broken pipe"),
        (f"{STAGE}ExecutorLostFailure (executor 1 exited caused by", "ExecutorLostFailure"),
    ],
)
def test_deaths(text: str, told: str) -> None:
    error = RuntimeError(JAVA.format(text))
    assert _is_death(error)
    message = str(_explained(error))
    assert message.startswith("workers of Spark died repeatedly: ")
    assert told in message
    assert "awaitResult" not in message


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(JAVA.format("[SPARK_JOB_CANCELLED] Job 59 cancelled part of job tags")),
        RuntimeError("Traceback (most recent call last):\nKeyError: 1"),
    ],
)
def test_what_is_no_death(error: Exception) -> None:
    assert not _is_death(error)
    message = str(_explained(error))
    assert "awaitResult" not in message
    assert "SPARK_JOB_CANCELLED" in message or "KeyError: 1" in message
