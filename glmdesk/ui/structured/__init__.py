"""Structured output and the function lab."""
