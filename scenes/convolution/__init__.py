"""What a convolution does."""
