"""Calls of the system that fail."""

import errno
import os


def failing(monkeypatch, name, at, number=errno.ENOSPC, *, module=os):
    """Makes a function of the system fail at its call number ``at``, from 0."""
    real = getattr(module, name)
    calls = []

    def fail(*arguments, **options):
        calls.append(arguments)
        if len(calls) == at + 1:
            raise OSError(number, os.strerror(number))
        return real(*arguments, **options)

    monkeypatch.setattr(module, name, fail)
    return calls
