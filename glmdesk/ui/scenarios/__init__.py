"""The start page, the template gallery, the template form and editor."""
