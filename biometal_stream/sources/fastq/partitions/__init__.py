"""Partitions of FASTQ files, small or large, for several machines.

A partition is a segment of a file, or of two files with mates, that starts and stops between
records. Dividing a source finds these places by reading a little of the files (`plan`). Plain text
and BGZF can be divided, and so can gzip with an index next to it, such as
``rapidgzip --export-index reads.fq.gz.gzidx`` makes for ``reads.fq.gz`` (this needs the extra
rapidgzip, here and wherever partitions are read). Every other compressed file is one partition, and
so is a file whose bad records are skipped: where a record starts then depends on those before it.

Nothing can get lost between two partitions. The text of one ends where that of the next begins, and
each must consist of whole records (and whole pairs, as many of one file as of its mates), to its
last byte. Texts of whole records are whole records together, so the partitions can be read without
an error only if the whole can, and then they give the same rows.
"""
