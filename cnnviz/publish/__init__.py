"""From a finished bundle to YouTube."""
