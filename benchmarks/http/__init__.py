"""What a request that moves money costs, beside hand-written peers."""
