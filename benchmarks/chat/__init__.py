"""A chat with 500 sockets, beside python-socketio doing the same."""
