"""vLLM as an engine. Nothing outside this package imports vLLM, and nothing in it does before an engine starts."""
