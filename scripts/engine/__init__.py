"""What a run says of itself: how far it is, what its steps take, and whether the disk will do."""
