"""Lets ``python -m loquent`` be the command ``loquent``."""

import sys

from .cli import main

sys.exit(main())
