"""Readers of documents: one file each, all run in a process of their own (`glmdesk --worker documents`)."""
