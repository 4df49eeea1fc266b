"""Scenes that every episode may use by name, and the parts that they are made of."""
