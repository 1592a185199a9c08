"""Training of the models that are shipped: an extra, and the only place that knows torch."""
