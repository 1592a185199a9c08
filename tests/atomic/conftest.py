"""Files whose closing can fail."""

import io
import os

import pytest

from biometal_stream import descriptors


@pytest.fixture
def closed_by_the_system(monkeypatch):
    """Files that are closed through `os.close`, which a test can make fail."""

    class Closed(io.FileIO):
        def close(self):
            if not self.closed:
                os.close(os.dup(self.fileno()))
                super().close()

    monkeypatch.setattr(descriptors, "FileIO", Closed)
