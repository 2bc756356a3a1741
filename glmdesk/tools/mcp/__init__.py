"""The MCP client: the one place that imports the `mcp` package."""
