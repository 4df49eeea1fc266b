"""The lessons: one folder an episode, one file a scene."""
