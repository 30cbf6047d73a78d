"""Coverage-guided fuzzing of what reads bytes from the network. See docs/testing.md; `make fuzz` runs it."""
