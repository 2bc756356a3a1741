"""The message view: a virtualised list of painted blocks."""
