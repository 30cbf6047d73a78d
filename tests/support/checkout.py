"""A small project of Loquent's shape to set up, and a package index on this machine to set it up from."""

from __future__ import annotations

import base64
import hashlib
import http.server
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

BOOTSTRAP = Path(__file__).parents[2] / "server" / "bootstrap"

BACKEND = """
import pathlib, zipfile

INFO = "small-1.0.dist-info"
FILES = {
    "small.pth": str(pathlib.Path.cwd() / "server"),
    f"{INFO}/METADATA": "Metadata-Version: 2.1\\nName: small\\nVersion: 1.0\\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory, name), "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{INFO}/RECORD", "".join(f"{path},,\\n" for path in [*FILES, f"{INFO}/RECORD"]))
    return name
"""


def program(path: Path, body: str) -> None:
    """Write a shell program."""
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def make_wheel(folder: Path, name: str, content: str) -> str:
    """Write a wheel of one module; returns its hash."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    target = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return hashlib.sha256(target.read_bytes()).hexdigest()


class Index(http.server.ThreadingHTTPServer):
    """A package index; while it is held, no file leaves it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.open = threading.Event()
        self.open.set()
        self.asked = threading.Event()
        super().__init__(("127.0.0.1", 0), IndexHandler)

    @property
    def url(self) -> str:
        """Where pip finds it."""
        return f"http://127.0.0.1:{self.server_address[1]}/"


class IndexHandler(http.server.BaseHTTPRequestHandler):
    """Answers with the list of a package's files, or a file."""

    server: Index

    def do_GET(self) -> None:
        """Answer one request."""
        name = self.path.strip("/")
        if name.endswith(".whl"):
            self.server.asked.set()
            self.server.open.wait(60)
            body = (self.server.folder / name).read_bytes()
        else:
            files = sorted(self.server.folder.glob(f"{name}-*.whl"))
            body = "".join(f'<a href="/{file.name}">{file.name}</a>' for file in files).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if name.endswith(".whl") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class Checkout:
    """A small project of Loquent's shape, without an engine."""

    def __init__(self, root: Path, index: Index) -> None:
        import ensurepip

        self.root = root
        self._index = index
        locks = root / "server" / "locks"
        locks.mkdir(parents=True)
        shutil.copytree(BOOTSTRAP, root / "server" / "bootstrap", ignore=shutil.ignore_patterns("__pycache__"))
        (root / "backend.py").write_text(BACKEND, encoding="utf-8")
        (root / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "small"\nversion = "1.0"\n',
            encoding="utf-8",
        )
        self.want()
        # The pip that comes with Python is the one that is locked: nothing is fetched for it.
        pip = f"pip=={ensurepip.version()} --hash=sha256:{'0' * 64}\n"
        (locks / "pip.txt").write_text(pip, encoding="utf-8")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
        self.environ = kept | {
            "LOQUENT_SETUP_ENGINE": "none",
            "HOME": str(root),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.url,
            "PIP_NO_CACHE_DIR": "1",
        }

    def want(self, **more: str) -> None:
        """Lock the package `tiny`, and these, with these hashes; the right one where none is given."""
        lines = []
        for name, digest in {"tiny": "", **more}.items():
            right = make_wheel(self._index.folder, name, "VALUE = 1\n")
            lines.append(f"{name}==1.0 --hash=sha256:{digest or right}\n")
        (self.root / "server" / "locks" / "base.txt").write_text("".join(lines), encoding="utf-8")

    def start(self) -> subprocess.Popen[str]:
        """Start a set-up."""
        return subprocess.Popen(
            [sys.executable, "-I", str(self.root / "server" / "bootstrap")],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self) -> tuple[int, str, str]:
        """Run a set-up; returns status and output."""
        with self.start() as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def value(self) -> str:
        """What the installed package says."""
        command = [str(self.root / ".venv" / "bin" / "python"), "-c", "import tiny; print(tiny.VALUE)"]
        done: subprocess.CompletedProcess[str] = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def site_packages(self) -> Path:
        """Where packages are installed."""
        (folder,) = self.root.glob(".venv/lib/python*/site-packages")
        return folder
