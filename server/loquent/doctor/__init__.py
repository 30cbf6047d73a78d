"""Looks before the start whether a server can run here as it is set, and says what to type in Unity."""
