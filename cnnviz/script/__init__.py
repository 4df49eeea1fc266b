"""Scripts: reading them, numbers and terms as spoken words, captions, the clock."""
