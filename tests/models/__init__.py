"""Small models of our own for tests of sight: what they are, and how they are made, is in README.md beside this."""
