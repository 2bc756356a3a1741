"""Markdown to blocks: parsing, safe HTML, incremental parsing of a growing answer, highlighting."""
