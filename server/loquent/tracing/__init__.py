"""Spans of turns, for those who ask for them: `tracer` says what a tracer is, `otlp` sends."""
