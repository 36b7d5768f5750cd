"""Supplies: items, batches, the ledger of moves and the balances that follow from it, worked from one scan box."""
