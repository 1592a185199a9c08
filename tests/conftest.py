"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("BIOMETAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

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
