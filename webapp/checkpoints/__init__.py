"""Checkpoints: who came, what was decided and why, who is inside."""
