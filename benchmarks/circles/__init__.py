"""What the circle engine costs."""
