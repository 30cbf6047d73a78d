"""Characters, conversations and turns: what is said, and what is remembered of it."""
