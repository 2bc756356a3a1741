"""The line above the transcript: title, model, window use."""
