"""Data, events, reducers, errors and ports; the standard library only."""
