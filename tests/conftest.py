"""What all tests share."""

import os
import shutil
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("BIOMETAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

# The benches are not part of the package. Tests find them in the clone, last of all.
sys.path.append(str(REPOSITORY))

os.environ["DAFT_RUNNER"] = "native"  # and not Ray, where another test has started that

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's `&` has it
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests send it, and wait for its end

settings.register_profile(
    "repository",
    deadline=None,
    derandomize="CI" in os.environ,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("repository")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real reads beside the clone; tests that need it are skipped elsewhere."""
    if not (SHARED_DATA / "MANIFEST.tsv").exists():
        pytest.skip(f"no shared data in {SHARED_DATA}; set BIOMETAL_SHARED_DATA")
    return SHARED_DATA


@pytest.fixture(scope="session")
def data() -> Path:
    """The small files that lie in the repository."""
    return REPOSITORY / "tests" / "data"


@pytest.fixture(scope="session")
def started() -> Iterator[Path]:
    """A folder with ``biometal-stream`` and ``python-code``, which start with modules loaded."""
    from tests.started import Started

    with Started() as programs:
        yield programs.folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A session of Spark with two workers, each a process; one for all tests."""
    sql = pytest.importorskip("pyspark.sql")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java")
    folder = tmp_path_factory.mktemp("spark")
    builder = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.memory", "1g")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
    )
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else the first python3 of the path
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[Any]:
    """Ray with two workers, each a process; one for all tests."""
    ray = pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=256 * 2**20,
            log_to_driver=False,
            configure_logging=False,
        )
    yield ray
    ray.shutdown()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts last what loads other engines: a process that holds them forks four times as slowly."""
    engines = REPOSITORY / "tests" / "interop"
    items.sort(
        key=lambda item: (
            engines in item.path.parents
            or not {"spark", "ray_cluster"}.isdisjoint(getattr(item, "fixturenames", ()))
        )
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives each process of ``pytest -n`` a row of files, and then half of what another has left.

    The default deals neighbours to all processes. Each then compiles the kernels of a file, and
    makes its fixtures, at the same time as the others. ``--dist`` chooses another way.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None
