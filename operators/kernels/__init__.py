"""The compiled loops of the operators, by what they read.

A column of text comes as a `StringColumn` has it: ``starts`` and ``stops``, ``int32`` or
``int64``, (rows,), and ``data``, ``uint8``. Row ``r`` is ``data[starts[r] : stops[r]]``. No byte
outside the data is touched, so buffers need no padding: a vector that would reach past the end of
a row is loaded so that it ends where the row ends, at the data's start from a padded copy of it.
So one loop serves rows of any length, their last bytes too.

Each kernel has a twin in plain Python in its test. All may be called from several threads.
"""
