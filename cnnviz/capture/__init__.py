"""Capturing the recognizer's window: the screen, its frames' numbers, the file and its sidecar."""
