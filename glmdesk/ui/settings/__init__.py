"""Settings: one page per file, listed in `registry.py`."""
