"""Fetches a model from the Hugging Face hub, so that all of it is in a folder before anything is loaded.

That is done in a process of its own: whether the hub may be asked is settled for a whole process when the hub's library is imported, and
where the model that replies lies in a folder it has been settled that it may not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Final

_LOOK_SECONDS: Final = 0.2

_PROGRAM: Final = """
import os, sys, threading
from huggingface_hub import HfApi, snapshot_download, try_to_load_from_cache

def end_with_parent():
    sys.stdin.read()
    os._exit(1)

threading.Thread(target=end_with_parent, daemon=True).start()
name = sys.argv[1]
other = ["onnx/*", "openvino/*", "*.onnx", "*.msgpack", "*.h5", "*.ot", "*.gguf", "original/*", "coreml/*"]
try:
    files = [file.rfilename for file in HfApi().model_info(name, timeout=10).siblings or []]
except Exception:  # without a network, what is in the cache has to do
    cached = try_to_load_from_cache(name, "config.json")
    files = os.listdir(os.path.dirname(cached)) if isinstance(cached, str) else []
if any(file.endswith(".safetensors") for file in files):
    other += ["*.bin", "*.pt", "*.pth"]
print(snapshot_download(name, ignore_patterns=other))
"""


class HubError(Exception):
    """A model can't be had from the hub. The text is what the hub's library says: first what it comes to, then all of it."""


def fetch(name: str, check: Callable[[], None]) -> str:
    """Return the folder of a model that has a name on the hub; it's downloaded where it isn't in the hub's cache. Blocks.

    Args:
        name: such as sentence-transformers/all-MiniLM-L6-v2.
        check: called some times a second; what it raises ends the download.

    Raises:
        HubError: it can't be had.
    """
    environment = {key: value for key, value in os.environ.items() if key not in settled_here}
    environment["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as noise:
        child = subprocess.Popen(  # noqa: S603 - the name is one, and no shell reads it
            [sys.executable, "-c", _PROGRAM, name], stdin=subprocess.PIPE, stdout=said, stderr=noise, env=environment
        )
        with child:
            try:
                while child.poll() is None:
                    check()
                    try:
                        child.wait(_LOOK_SECONDS)
                    except subprocess.TimeoutExpired:
                        continue
            except BaseException:
                child.kill()
                raise
        said.seek(0)
        noise.seek(0)
        folder = said.read().strip()
        lines = [line.strip() for line in noise if line.strip()]
    if child.returncode or not folder:
        # What it comes to stands last; what it is, somewhere above.
        raise HubError("\n".join([*lines[-1:], *lines]) or f"the download ended with status {child.returncode}")
    return folder


settled_here: set[str] = set()
"""Environment variables that we have set for this process and its children, and not the user: they don't count for a download."""
