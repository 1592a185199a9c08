"""The compiled loops that find k-mers and look them up."""
