"""The stream and its operators inside other engines; one module for each engine."""
