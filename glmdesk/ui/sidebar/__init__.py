"""The conversation list, its search and its bin."""
