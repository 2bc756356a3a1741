"""The project's own tools: checks, lock, screenshots. Not part of the program."""
