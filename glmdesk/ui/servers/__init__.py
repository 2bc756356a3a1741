"""Panels of the page of MCP servers."""
