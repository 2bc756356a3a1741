"""The wire: dialects, server-sent events, errors, retries; the only importer of httpx."""
