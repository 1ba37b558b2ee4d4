"""A simulated world around the real Contri: people, providers and faults by a seed, time by a virtual clock."""
