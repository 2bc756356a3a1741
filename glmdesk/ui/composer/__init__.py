"""Where a turn is written."""
