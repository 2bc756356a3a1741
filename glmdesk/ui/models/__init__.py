"""Qt adapters over plain lists."""
