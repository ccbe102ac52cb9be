"""Matches what comes back from a model to the picture it was made from."""
