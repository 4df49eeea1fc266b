"""The build: plan, cache, drawing, joining, sound, bundle, progress."""
