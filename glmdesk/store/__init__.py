"""What is kept: conversations, settings, keys; the only user of sqlite3 and keyring."""
