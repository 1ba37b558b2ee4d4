"""The staff desk: the built-in admin behind its own door, and the pages that look across all apps."""
