"""Supplies: items, batches, the ledger of moves and the balances derived from it, operated by one scan box."""
