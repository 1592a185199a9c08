"""The compiled loops that write features, one module a layout.

A window comes as ``firsts``, the index in ``data`` of its first base or quality, and ``counts``,
how many it has: both ``uint64``, (n,), from `windows.place_windows`. Bytes of the data outside the
windows do not count, and none outside the data is touched.

``out`` is flat, of the encoding's type: (n * the features of a window,). Whole vectors are
written, and what one writes after its place the next one overwrites, since windows and their
parts come in order. So that none writes after the end of the output, the last m windows go to
``room`` instead: (m * the features of a window + `parts.SPARE`,). ``float16`` comes as ``uint16``,
its bits, since kernels have no such type.

Kernels that read qualities return whether all of them are ``!`` to ``~``. All may be called from
several threads, on outputs of their own.
"""
