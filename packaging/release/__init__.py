"""The steps of a release; `build.py` puts them in order."""
