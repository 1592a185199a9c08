"""The compiled loops of the operators, by what they read.

A column of text comes as Arrow keeps it: ``offsets``, ``int32`` or ``int64``, (rows + 1,), and
``data``, ``uint8``. Row ``r`` is ``data[offsets[r] : offsets[r + 1]]``. No byte outside the
data is touched, so a stranger's buffers need no padding: vectors that would start in one row
and reach past its end are loaded so that they end where the row ends, and at the data's start from
a padded copy of it. So there is one loop for rows of any length, and no other for the last bytes.

Each kernel has a twin in plain Python in its test. All may be called from several threads.
"""
