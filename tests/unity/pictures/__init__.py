"""Draws what canvases showed: strips of pictures from what the engine double's Recorder wrote.

python tests/unity/pictures RECORD.jsonl OUT.png --help
"""
