"""The C# half, built and tested without Unity."""
