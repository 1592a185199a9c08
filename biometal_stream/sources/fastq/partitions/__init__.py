"""FASTQ files in partitions, which several machines can read, several files and large ones alike.

A partition is a segment of a file, or of two files with mates, that starts and stops where a
record does. Whoever divides the source finds these places by reading a little of the files
(`plan`). Plain text and BGZF can be cut, and so can gzip with an index next to it, as
``rapidgzip --export-index reads.fq.gz.gzidx`` makes it for ``reads.fq.gz`` (it takes the extra
rapidgzip here and wherever partitions are read). Other compressed files are one partition each,
and so is a file of which bad records are left out: where a record starts then depends on those
before it.

Nothing can get lost between two partitions. The text of one ends where that of the next begins,
and each must be whole records (and whole pairs, as many of one file as of its mates), to its last
byte. A series of texts that are whole records is whole records, so the partitions can be read
without an error only if the whole can, and then they give the same rows.
"""
