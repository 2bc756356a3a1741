"""The commands that need no window; like cli.py they see all and are seen by nobody but it."""
