"""The command `loquent evaluate`."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import re
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..client import Client
from ..configuration.reading import Configuration
from ..configuration.sources import ConfigurationError
from ..dialogue.character_file import SHIPPED
from ..wording import nearest
from .failure import EvaluationError
from .own_server import own_server
from .runner import run_suite
from .suite import Asked, Said, Suite, load_suite, shipped_suites

if TYPE_CHECKING:
    from .document import Document

__all__ = ["Evaluation", "EvaluationError", "add_arguments", "evaluate"]

_NEEDED: Final = {"sklearn": "scikit-learn", "matplotlib": "matplotlib", "tqdm": "tqdm"}
_NEEDED_FOR_LANGUAGES: Final = {"py3langid": "py3langid"}
"""What is to be installed for the modules that are imported."""
_HEALTH_SECONDS: Final = 10.0
_RECOGNITION_SECONDS: Final = 300.0
"""How long a model for pictures may take to load."""
_INTERRUPTED: Final = 130


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Give the command its arguments, but for those of serve and those by which a server lets it in."""
    shipped = ", ".join(shipped_suites())
    command.add_argument(
        "suite", nargs="?", help=f"file with the cases (TOML), or the name of a shipped one: {shipped}"
    )
    command.add_argument(
        "--url", help="ask this server, which runs already (default: start one of its own, with the options of serve)"
    )
    command.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where the report goes (default: a new folder in ./evaluations)"
    )
    command.add_argument(
        "--repeat", type=_count, metavar="N", help="ask each case so often, whatever the suite says: for stability"
    )
    command.add_argument(
        "--character", metavar="NAME", help="ask this character, whatever the suite says: to compare personas"
    )
    command.add_argument(
        "--concurrency",
        type=_count,
        default=1,
        metavar="N",
        help="cases asked at once (default: 1: with more, times tell how they wait for each other)",
    )
    command.add_argument(
        "--fail-under",
        type=_threshold,
        action="append",
        default=[],
        metavar="FIGURE=SHARE",
        help="end with status 1 if a figure is below this, such as accuracy=0.8; may be repeated",
    )
    command.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar="REPORT",
        help="compare two reports (report.json, or their folders) instead of asking anything",
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text} isn't a number from 1 to 1000")
    return int(text)


def _threshold(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    try:
        least = float(share)
    except ValueError:
        least = -1.0
    if not name or not 0 <= least <= 1:
        raise argparse.ArgumentTypeError(
            f"{text} isn't a figure's name, =, and a share from 0 to 1, such as accuracy=0.8"
        )
    return name, least


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What to do, as the command line says."""

    suite: str | None
    url: str | None
    out: Path | None
    repeat: int | None
    character: str | None
    concurrency: int
    fail_under: Sequence[tuple[str, float]]
    compare: Sequence[Path] | None
    own_server_given: Sequence[str] = ()
    """Names of the options of serve that were given."""

    @classmethod
    def of(cls, options: argparse.Namespace, own_server_given: Sequence[str]) -> Evaluation:
        """Take what argparse has read."""
        names = ("suite", "url", "out", "repeat", "character", "concurrency", "fail_under", "compare")
        return cls(**{name: getattr(options, name) for name in names}, own_server_given=own_server_given)


def evaluate(
    asked: Evaluation,
    configuration: Callable[[], Configuration],
    report: Callable[[str], None],
    *,
    token: str | None = None,
    authorities: Path | None = None,
) -> int:
    """Run the command.

    Args:
        asked: what to do.
        configuration: reads the settings for a server of its own.
        report: told in one line each what the user should know.
        token: who this is, where the server asks for it.
        authorities: see `Client.connect`.

    Returns:
        the exit status: 0; 1 if a figure is below its threshold, or the server was lost on the way; 130 after Ctrl-C.

    Raises:
        SuiteError, EvaluationError, ConfigurationError, ClientError: it can't be done. The text says why.
    """
    _need(_NEEDED)
    if asked.compare is not None:
        return _compare(asked, report)
    if asked.suite is None:
        raise ConfigurationError(f"Say which suite: a file, or one of {', '.join(shipped_suites())}.")
    if asked.url is not None and asked.own_server_given:
        raise ConfigurationError(
            f"{asked.own_server_given[0]} is for a server of its own, and --url names one that runs: leave one of them out."
        )
    suite = load_suite(asked.suite, repeat=asked.repeat, character=asked.character)
    if any(isinstance(case, Said) and case.checks.language for case in suite.cases):
        _need(_NEEDED_FOR_LANGUAGES)
    _check_thresholds(suite, asked.fail_under)
    made = _ask(asked, suite, configuration, report, token, authorities)
    return _tell(asked, made, report)


def _need(libraries: Mapping[str, str]) -> None:
    missing = [name for module, name in libraries.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise EvaluationError(
            f"loquent evaluate needs {', '.join(missing)}: run `make setup`, or `pip install 'loquent[evaluate]'`."
        )


def _check_thresholds(suite: Suite, thresholds: Sequence[tuple[str, float]]) -> None:
    """Refuse a threshold for what won't be measured: it would never be missed."""
    from .measures import figure_names

    known = figure_names(suite)
    for name, _ in thresholds:
        if name not in known:
            near = nearest(name, known)
            advice = f"did you mean {near}?" if near else f"there are {', '.join(known)}."
            raise ConfigurationError(f"--fail-under names {name}, which isn't measured in {suite.name}: {advice}")


# --- Asking --------------------------------------------------------------------------------------------------------


def _ask(
    asked: Evaluation,
    suite: Suite,
    configuration: Callable[[], Configuration],
    report: Callable[[str], None],
    token: str | None,
    authorities: Path | None,
) -> Document:
    from .document import document
    from .progress import Progress

    with _server(asked, suite, configuration, report) as (url, character_file):
        dial = partial(Client.connect, url, client="loquent-evaluate", token=token, authorities=authorities)
        server = {"url": asked.url, **_health_to_rely_on(url, suite)}
        report(
            f"{suite.attempts} attempts at {len(suite.cases)} cases of {suite.name}. Ctrl-C ends it with what there is."
        )
        with Progress(suite.attempts, report) as progress:
            run = asyncio.run(run_suite(suite, dial, concurrency=asked.concurrency, told=progress.advance))
    return document(run, server=server, character_file=character_file)


@contextmanager
def _server(
    asked: Evaluation, suite: Suite, configuration: Callable[[], Configuration], report: Callable[[str], None]
) -> Iterator[tuple[str, Path | None]]:
    """Give the server's address, and where the character's file is."""
    if asked.url is not None:
        yield asked.url, None
        return
    settings = configuration()
    if settings.file_counts:
        report(f"Settings from {settings.file}.")
    file = (settings.settings.characters or SHIPPED) / f"{suite.character}.toml"
    with own_server(settings, report) as url:
        yield url, file if file.is_file() else None


def ask_health(url: str) -> dict[str, Any]:
    """Ask a server for its version, engine and model, and how what recognises pictures is; what it doesn't tell is None."""
    trusting = ssl.SSLContext(
        ssl.PROTOCOL_TLS_CLIENT
    )  # nothing secret is told to it; the wire's own connection is checked
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    told: Mapping[str, Any] = {}
    try:
        request = re.sub(r"^ws", "http", url).rstrip("/") + "/healthz"
        with urllib.request.urlopen(request, timeout=_HEALTH_SECONDS, context=trusting) as answer:  # noqa: S310 - http(s), see above
            told = json.loads(answer.read(1 << 16))
    except (OSError, ValueError, RecursionError):
        pass
    return {name: str(told[name]) if name in told else None for name in ("version", "engine", "model", "recognition")}


def _health_to_rely_on(url: str, suite: Suite) -> dict[str, Any]:
    """Ask how a server is; where pictures will be shown, wait until what may recognise them has been loaded, behind the engine."""
    deadline = time.monotonic() + _RECOGNITION_SECONDS
    while True:
        health = ask_health(url)
        shown = any(isinstance(case, Asked) and case.images for case in suite.cases)
        if not shown or health["recognition"] not in ("starting", "restarting") or time.monotonic() > deadline:
            return health
        time.sleep(0.5)


# --- What came of it ---------------------------------------------------------------------------------------------


def _tell(asked: Evaluation, made: Document, report: Callable[[str], None]) -> int:
    from .report import write_report

    folder = asked.out or _new_folder(made["suite"]["name"])
    file = write_report(made, folder)
    stopped, figures = made["run"]["stopped"], made["measures"]["figures"]
    for name in ("answered", "accuracy", "macro_f1", "replies"):
        if name in figures:
            report(f"{name:<10} {_shown(figures[name])}")
    if stopped:
        report(f"Not everything was asked: {stopped}.")
    if made["run"]["unknown_cues"]:
        report(f"The suite wants cues that the character doesn't have: {', '.join(made['run']['unknown_cues'])}.")
    status = 0
    for name, least in asked.fail_under:
        value = figures.get(name, {"value": None, "n": 0})
        if value["value"] is None or value["value"] < least:
            report(f"{name} is below {least:g}: {_shown(value)}.")
            status = 1
    report(f"The report is {file}, for machines report.json beside it.")
    if stopped == "it was interrupted":
        return _INTERRUPTED
    return 1 if stopped else status


def _shown(figure: Mapping[str, Any]) -> str:
    return "nothing to measure" if figure["value"] is None else f"{figure['value']:.3f} (n = {figure['n']})"


def _new_folder(name: str) -> Path:
    """Choose a folder for a report that isn't there yet."""
    stem = f"{name}-{datetime.now().astimezone():%Y-%m-%d-%H%M}"
    folder = Path("evaluations", stem)
    number = 2
    while folder.exists():
        folder = Path("evaluations", f"{stem}-{number}")
        number += 1
    return folder


def _compare(asked: Evaluation, report: Callable[[str], None]) -> int:
    from .compare import compare, verdicts_in_words, write_comparison
    from .document import read_document

    if asked.suite is not None or asked.url is not None or asked.fail_under:
        raise ConfigurationError(
            "--compare takes two reports and asks nothing: leave out suite, --url and --fail-under."
        )
    first, second = (read_document(path) for path in asked.compare or ())
    compared = compare(first, second)
    report(f"First: {compared['names'][0]}. Second: {compared['names'][1]}.")
    for sentence in verdicts_in_words(compared):
        report(sentence)
    file = write_comparison(compared, asked.out or _new_folder("comparison"))
    report(f"The comparison is {file}.")
    return 0
