"""How notices reach people beyond the list in the app."""
