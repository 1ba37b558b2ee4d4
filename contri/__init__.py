"""Contri: rotating savings circles (ajo), kept honest by a ledger."""
