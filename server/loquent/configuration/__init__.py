"""From file, environment and command line to `Settings`, and back: what is in effect, why, and the documentation of it."""
