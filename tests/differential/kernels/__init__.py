"""Asks real kernels what notebooks do."""
