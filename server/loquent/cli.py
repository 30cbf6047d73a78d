"""The command ``loquent``."""

from __future__ import annotations

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from . import __version__
from .chat import Chat
from .client import ClientError
from .dialogue.character import SHIPPED, CharacterError, load_characters
from .engines.base import Engine, EngineError
from .gateway import GatewayError
from .serve import serve
from .settings import Settings
from .wire.frames import Options

DEFAULT_PORT = 8765


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, 1 when something can't be had, 2 for a wrong command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    given, for_vllm = _split(given)
    options = _parser().parse_args(given)
    if options.command == "serve" and options.model is not None and options.engine != "vllm":
        _parser().error("--model needs the engine vllm")
    if for_vllm and (options.command != "serve" or options.engine != "vllm"):
        _parser().error("what stands behind -- is for vLLM, so it needs serve with the engine vllm")
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # a terminal that can't show a character shows a question mark
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        if options.command == "serve":
            _serve(options, for_vllm)
        else:
            _chat(options)
    except (CharacterError, ClientError, EngineError, GatewayError) as error:
        print(f"loquent: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _split(given: list[str]) -> tuple[list[str], list[str]]:
    """Split at ``--``: what stands behind it goes to vLLM, unchanged."""
    if "--" in given:
        at = given.index("--")
        return given[:at], given[at + 1 :]
    return given, []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="loquent", description="NPCs that talk in VR: the server, and a chat to try it."
    )
    parser.add_argument("--version", action="version", version=f"loquent {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    serve_ = commands.add_parser(
        "serve",
        help="start the server",
        description="Start the server. Every engine argument of vLLM can be given behind --, "
        "for example: loquent serve -- --max-model-len 4096",
    )
    serve_.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    serve_.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="TCP port; 0 for any that is free (default: %(default)s)"
    )
    serve_.add_argument(
        "--engine",
        choices=("vllm", "scripted"),
        default="vllm",
        help="what replies: a language model in vLLM, or a script that needs no model (default: %(default)s)",
    )
    serve_.add_argument(
        "--model",
        help="hub name or folder of the model (default: on a GPU Qwen/Qwen3-1.7B from the hub, else the embedded SmolLM2-135M-Instruct)",
    )
    serve_.add_argument(
        "--characters",
        type=Path,
        default=SHIPPED,
        metavar="FOLDER",
        help="folder with character files (default: the shipped)",
    )
    serve_.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let web pages from there connect, such as https://game.example; may be repeated (default: none)",
    )
    serve_.add_argument("--log-level", choices=("debug", "info", "warning", "error"), default="warning")

    chat = commands.add_parser("chat", help="talk with a character in the terminal")
    chat.add_argument(
        "--url", default=f"ws://127.0.0.1:{DEFAULT_PORT}", help="where the server is (default: %(default)s)"
    )
    chat.add_argument("--character", default="innkeeper", help="who to talk with (default: %(default)s)")
    chat.add_argument("--player", help="who you are: what is said is remembered under this name while the server runs")
    return parser


def _serve(options: argparse.Namespace, for_vllm: Sequence[str]) -> None:
    logging.basicConfig(
        level=options.log_level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    )
    characters = load_characters(options.characters)
    settings = Settings(origins=tuple(options.allow_origin))
    asyncio.run(serve(partial(_engine, options, for_vllm), characters, settings, options.host, options.port, _report))


def _engine(options: argparse.Namespace, for_vllm: Sequence[str]) -> Engine:
    if options.engine == "scripted":
        from .engines.scripted import ScriptedEngine

        return ScriptedEngine()
    from .engines.vllm import VllmEngine

    return VllmEngine(options.model, for_vllm, _report)


def _chat(options: argparse.Namespace) -> None:
    Chat(options.url, options.character, Options(player=options.player)).run()


def _report(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:  # nobody reads any more (`loquent serve | head -1`): no reason to stop serving
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
