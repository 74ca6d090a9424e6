"""Statistics on floats: no input, no output, no clock, no randomness, standard library only."""
