"""Files from elsewhere: found at their servers, downloaded whole or not at all, checked, kept once."""
