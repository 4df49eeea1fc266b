"""One small network from pixels to answer."""
