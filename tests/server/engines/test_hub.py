"""A model is fetched from a hub on this machine, by the hub's own library in a process of its own."""

from __future__ import annotations

import hashlib
import http.server
import importlib.util
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loquent.engines import hub as module
from loquent.engines.base import EngineStartError
from loquent.engines.vllm.startup import fetched_model
from support.hub import HubHandler

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("huggingface_hub") is None, reason="the hub's library comes with vLLM"
)

FILES = {
    "config.json": b'{"model_type": "clip"}',
    "model.safetensors": b"weights" * 100,
    "pytorch_model.bin": b"the same weights again",
    "onnx/model.onnx": b"and again",
}
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(HubHandler):
    """Has one model, and one that never comes."""

    def do_HEAD(self) -> None:  # noqa: N802 - the name http.server has
        self._file()

    def do_GET(self) -> None:  # noqa: N802 - the name http.server has
        if self.path.startswith("/api/models/here/slow"):
            time.sleep(5)
        elif "/tree/" in self.path:
            self.answer(
                200, [{"type": "file", "path": name, "size": len(body), "oid": "0"} for name, body in FILES.items()]
            )
        elif self.path.startswith("/api/models/here/there"):
            self.answer(200, {"id": "here/there", "sha": COMMIT, "siblings": [{"rfilename": name} for name in FILES]})
        elif self.path.startswith("/api/"):
            self.answer(404, {"error": "Repository not found"}, ("X-Error-Code", "RepoNotFound"))
        else:
            self._file()

    def _file(self) -> None:
        body = FILES[self.path.partition(f"/resolve/{COMMIT}/")[2]]
        self.send_response(200)
        headers = {
            "X-Repo-Commit": COMMIT,
            "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
            "Content-Length": len(body),
        }
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


@pytest.fixture(autouse=True)
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub on this machine, an empty cache, and an engine that has settled that the hub may not be asked."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("HF_HOME", str(tmp_path))
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.setenv("HF_HUB_OFFLINE", "1")
        monkeypatch.setattr(module, "settled_here", {"HF_HUB_OFFLINE"})
        yield
        server.shutdown()


def fetch(name: str, lines: list[str] | None = None) -> str:
    return fetched_model(name, "recognition", (lines if lines is not None else []).append, lambda: None)


def test_what_vllm_needs_is_fetched_once_and_then_had_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    folder = Path(fetch("here/there", lines))
    assert lines == ["Looking for here/there on the Hugging Face hub"]
    assert sorted(each.name for each in folder.iterdir()) == ["config.json", "model.safetensors"]
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert Path(fetch("here/there")) == folder


def test_a_model_that_the_hub_does_not_have() -> None:
    with pytest.raises(
        EngineStartError, match="The hub has no model not/there: check the name, or give --recognition a folder"
    ):
        fetch("not/there")


def test_a_hub_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(EngineStartError, match="can't be reached"):
        fetch("here/there")


def test_a_user_who_wants_no_hub_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "settled_here", set())
    with pytest.raises(EngineStartError, match="can't be reached"):
        fetch("here/there")


def test_a_download_that_is_not_wanted_any_more_ends_at_once() -> None:
    began = time.monotonic()

    def check() -> None:
        if time.monotonic() - began > 0.5:
            raise EngineStartError("The start was interrupted.")

    with pytest.raises(EngineStartError, match="interrupted"):
        module.fetch("here/slow", check)
    assert time.monotonic() - began < 3


def test_a_folder_is_what_it_is(tmp_path: Path) -> None:
    lines: list[str] = []
    assert fetch(str(tmp_path), lines) == str(tmp_path)
    assert lines == []
