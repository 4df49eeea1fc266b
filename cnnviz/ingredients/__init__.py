"""What a made thing depends on, as one record."""
