"""A simulated study whose truth is known. Uses none of the workflow's own statistical code."""
