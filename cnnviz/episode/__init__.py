"""What an episode consists of: scripts, scenes, evidence, inputs."""
