"""The card recognizer: network, data, training, finding the card, the live window."""
