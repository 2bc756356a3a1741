"""Coding agents that use GLM: Claude Code's settings, and what to enter elsewhere."""
