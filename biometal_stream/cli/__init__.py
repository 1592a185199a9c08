"""The command line, which reads like the pipeline that it runs."""
