"""The models that the stream can run, and the runtime that runs them."""
