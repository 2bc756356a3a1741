"""What is done to single messages: menus, editing, details, two answers side by side."""
