"""The card network, and how a card is found and read in a picture."""
