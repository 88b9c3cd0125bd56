"""Measurements, each beside a control in the same run. Machines are noisy: read the ratios."""
