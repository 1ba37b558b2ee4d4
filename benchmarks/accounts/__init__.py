"""What is measured of accounts."""
