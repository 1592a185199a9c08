"""The command line: it reads as the pipeline that it runs."""
