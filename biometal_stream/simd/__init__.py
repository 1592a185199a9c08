"""The vector instructions that kernels are made of, and how kernels are compiled."""
