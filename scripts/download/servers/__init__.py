"""What each public server calls its files, and what it says about them."""
