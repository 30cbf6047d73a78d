"""The whole set-up, on a small project of the same shape: an interrupted one is finished by the next."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap import machine
from bootstrap.failure import SetupError
from bootstrap.steps import Setup
from support.checkout import BOOTSTRAP, Checkout, Index


@pytest.mark.parametrize("path", sorted(BOOTSTRAP.glob("*.py")), ids=lambda path: path.name)
def test_an_old_python_can_read_the_set_up(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))
    assert path.name == "__init__.py" or "from __future__ import annotations" in source


@pytest.fixture(scope="module")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """A package index on this machine."""
    folder = tmp_path_factory.mktemp("index")
    with Index(folder) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def index(shared_index: Index) -> Iterator[Index]:
    """The package index, open, and nobody has asked for a file yet."""
    shared_index.open.set()
    shared_index.asked.clear()
    yield shared_index
    shared_index.open.set()


@pytest.fixture
def checkout(tmp_path: Path, index: Index) -> Checkout:
    """A checkout that hasn't been set up."""
    return Checkout(tmp_path / "checkout", index)


@pytest.fixture(scope="module")
def shared_checkout(tmp_path_factory: pytest.TempPathFactory, shared_index: Index) -> Checkout:
    """A checkout for the tests that begin with one that is set up, as making the environment takes seconds."""
    return Checkout(tmp_path_factory.mktemp("shared") / "checkout", shared_index)


@pytest.fixture
def ready(shared_checkout: Checkout, index: Index) -> Checkout:
    """A checkout that has been set up."""
    shared_checkout.want()
    assert shared_checkout.run()[0] == 0
    index.asked.clear()
    return shared_checkout


def test_set_up_once_then_nothing_is_run_until_something_changes(checkout: Checkout, index: Index) -> None:
    status, out, err = checkout.run()
    assert (status, err) == (0, "")
    assert out.startswith(
        "Engine: none, for scripted replies (as LOQUENT_SETUP_ENGINE says).\nMaking .venv with Python 3."
    )
    assert re.search(r"Set up in \d+ s\.\n$", out)
    assert checkout.value() == "1"
    assert (checkout.site_packages() / "small.pth").read_text() == str(checkout.root / "server")

    index.asked.clear()
    assert checkout.run() == (0, "", "")
    assert not index.asked.is_set()

    # A checkout that was moved gets a new environment: what is in the old one names the old place.
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    status, out, _ = checkout.run()
    assert status == 0
    assert "Making .venv" in out
    assert (checkout.site_packages() / "small.pth").read_text() == str(checkout.root / "server")


def test_a_file_that_is_not_the_locked_one_is_not_installed(ready: Checkout) -> None:
    ready.want(other="0" * 64)
    status, _, err = ready.run()
    assert status == 1
    assert "The file of other isn't the one that was locked" in err.splitlines()[-1]
    assert ready.run()[0] == 1, "a set-up that failed is not done"
    assert not (ready.site_packages() / "other.py").exists()
    ready.want()
    status, out, _ = ready.run()
    assert status == 0
    assert "Making .venv" not in out


def test_a_set_up_killed_while_it_makes_the_environment_is_finished_by_the_next(checkout: Checkout) -> None:
    with checkout.start() as process:
        assert process.stdout is not None
        while "Making .venv" not in process.stdout.readline():
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
    assert checkout.run()[0] == 0
    assert checkout.value() == "1"


def test_a_package_that_was_half_installed_is_installed_again(ready: Checkout) -> None:
    packages = ready.site_packages()
    # As pip leaves it when it is killed while it writes: files without its own mark, and the older version set aside.
    (packages / "tiny.py").write_text("VALUE = ", encoding="utf-8")
    (packages / "tiny-1.0.dist-info" / "INSTALLER").unlink()
    (packages / "~iny-0.9.dist-info").mkdir()
    state = ready.root / ".venv" / "loquent-setup.json"
    fields = json.loads(state.read_text(encoding="utf-8"))
    del fields["done"]["packages"]
    state.write_text(json.dumps(fields), encoding="utf-8")

    status, out, _ = ready.run()
    assert status == 0
    assert "Making .venv" not in out
    assert ready.value() == "1"
    assert not (packages / "~iny-0.9.dist-info").exists()


def test_a_pip_whose_set_up_was_killed_is_waited_for(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(waited="")
    with ready.start() as first:
        assert index.asked.wait(60)
        first.kill()  # and not the pip that it started
    with ready.start() as second:
        assert second.stdout is not None
        assert second.stdout.readline() == "Another set-up is running here: waiting for it.\n"
        index.open.set()
        out, err = second.communicate(timeout=120)
    assert (second.returncode, err) == (0, "")
    assert "Making .venv" not in out, "what the killed one had made is built on"
    assert (ready.site_packages() / "waited.py").exists()


def test_of_two_set_ups_at_once_the_second_finds_all_done(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(twice="")
    with ready.start() as first:
        assert index.asked.wait(60)
        with ready.start() as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "Another set-up is running here: waiting for it.\n"
            index.open.set()
            first_out, _ = first.communicate(timeout=120)
            second_out, _ = second.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Set up in" in first_out
    assert second_out == ""


def test_ctrl_c_ends_the_set_up_and_its_pip_with_a_word(ready: Checkout, index: Index) -> None:
    index.open.clear()
    ready.want(stopped="")
    with ready.start() as process:
        assert index.asked.wait(60)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.strip() == "Set-up: stopped; run it again, and it goes on where it was."
    index.open.set()
    assert ready.run()[0] == 0
    assert (ready.site_packages() / "stopped.py").exists()


def test_an_index_that_cannot_be_reached_is_told(ready: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    ready.want(offline="")
    monkeypatch.setitem(ready.environ, "PIP_INDEX_URL", "http://127.0.0.1:1/")
    monkeypatch.setitem(ready.environ, "PIP_RETRIES", "1")
    status, _, err = ready.run()
    assert status == 1
    assert "Set-up: The packages can't be downloaded: look whether this machine is online" in err


def test_an_environment_that_someone_else_made_is_left_alone(checkout: Checkout) -> None:
    mine = checkout.root / ".venv" / "mine"
    mine.mkdir(parents=True)
    status, _, err = checkout.run()
    assert status == 1
    assert err == (
        "Set-up: There is a .venv here that this set-up didn't make: move it away, or delete it with 'rm -rf .venv', "
        "then run this again.\n"
    )
    assert mine.is_dir()


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machine.DISK_GB, "none", 1e9)
    for name in ("base.txt", "pip.txt"):
        (tmp_path / "server" / "locks").mkdir(parents=True, exist_ok=True)
        (tmp_path / "server" / "locks" / name).touch()
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(SetupError, match=r"needs 1e\+09 GB of free disk space"):
        Setup(tmp_path, {"LOQUENT_SETUP_ENGINE": "none"}).run()
    assert not (tmp_path / ".venv").exists()
