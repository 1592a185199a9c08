"""A plugin for MultiQC: it shows the JSON reports of runs.

MultiQC finds it by its entry points if both packages are in one environment. Nothing here is
imported elsewhere.
"""
