"""GLM Desk: a native desktop assistant for the GLM models."""

__version__ = "0.1.0"
