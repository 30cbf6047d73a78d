"""A say's pictures, made safe in threads, so few at a time that their memory is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from ..images import Picture, make_safe
from ..settings import Settings

AT_ONCE: Final = 2
"""Pictures that are decoded at a time, in the whole process: each may need `images.memory_bound`, 152 MiB by default. Most are done
within 10 ms, and the engine takes longer than that to look at one."""

# Of the process, as its memory is. The threads are those that decode: one whose turn was cancelled still counts until it's done.
_threads: Final = ThreadPoolExecutor(AT_ONCE, "loquent-pictures")


async def look_at(images: Sequence[bytes], settings: Settings) -> tuple[Picture, ...]:
    """Make pictures of a say's images, one after the other, when there is a thread for them.

    Raises:
        ImageError: one of them can't be taken.
    """
    look = partial(make_safe, most_pixels=settings.image_pixels, longest_side=settings.image_side)
    loop = asyncio.get_running_loop()
    return tuple([await loop.run_in_executor(_threads, look, image) for image in images])
