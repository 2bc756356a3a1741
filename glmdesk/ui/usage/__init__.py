"""The usage page: tokens, yuan, speed and the monthly budget."""
