"""The first page: a key, the demo, or the user's own server."""
