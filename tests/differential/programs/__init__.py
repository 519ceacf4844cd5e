"""Writes small notebooks: what happens (a core) times how it is said (a dress)."""
