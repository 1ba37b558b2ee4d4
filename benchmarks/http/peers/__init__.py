"""The peers, written by hand in an afternoon, on the same tables for people, sessions and PIN tokens."""
