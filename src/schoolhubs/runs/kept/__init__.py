"""What a finished round keeps of itself, so that it can be matched again without its inputs."""
