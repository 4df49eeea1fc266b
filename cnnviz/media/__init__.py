"""Frames, packets, samples: what knows no episode."""
