"""How the recognizer's weights are made, and how good they are."""
