"""What text formats share: segments, locations, mates, and excerpts for messages."""
