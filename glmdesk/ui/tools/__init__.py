"""Tools in the window: approvals, the list of a conversation, the journal."""
