"""What a scene sees while it plays."""
