"""Sets Loquent up in `.venv`: `make setup`, and the other targets call it before they start.

It runs under the system's Python, with the standard library alone, and can be run again at any time: what is done already is
left alone, what was interrupted is finished. Its files must stay readable for Python 3.8, so that an old Python can be told
what to do.
"""
