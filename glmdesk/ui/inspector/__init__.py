"""What went over the wire for one answer."""
