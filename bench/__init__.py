"""Measurements, one command each: `python -m bench [--events N] [NAME …]`.

Wall clocks lie on shared machines, so every figure stands beside a floor or a calibration measured
in the same run, and CPU seconds stand beside wall seconds.
"""
