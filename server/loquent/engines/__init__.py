"""What produces the replies: vLLM in this process, or a script."""
