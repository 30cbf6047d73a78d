"""The command ``loquent``."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from . import __version__
from .access import AccessError
from .certificates import CertificateError
from .chat import Chat
from .client import ClientError, FaultError
from .configuration.flags import add_flags, given_flags
from .configuration.reading import Configuration, read
from .configuration.setting import SETTINGS
from .configuration.sources import ConfigurationError, nearest
from .configuration.writing import settings_file
from .descriptors import raise_descriptors, wanted_descriptors
from .dialogue.character import SHIPPED, CharacterError, load_characters
from .dialogue.memory_file import StoreError, usual_file
from .doctor.examination import examine, examine_running
from .engines.base import Engine, EngineError
from .gateway import GatewayError
from .logs import Log, set_up
from .serve import serve
from .settings import Settings
from .tokens import TokensError, make_token
from .tracing.tracer import TracingError
from .wire.faults import Code
from .wire.frames import Options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, 1 when something can't be had, 2 for a wrong command line or setting."""
    options = _options(list(sys.argv[1:] if arguments is None else arguments))
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # a terminal that can't show a character shows a question mark
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status: int | None = options.run(options)
    except ConfigurationError as error:
        print(f"loquent: {error}", file=sys.stderr)
        return 2
    except (
        AccessError,
        CertificateError,
        CharacterError,
        ClientError,
        EngineError,
        GatewayError,
        StoreError,
        TokensError,
        TracingError,
    ) as error:
        print(f"loquent: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status or 0


# --- The command line ----------------------------------------------------------------------------------------


def _options(given: list[str]) -> argparse.Namespace:
    """Read the command line; what is wrong with it ends the program, with status 2."""
    behind = None
    if "--" in given:  # what stands behind it goes to vLLM, unchanged
        at = given.index("--")
        given, behind = given[:at], given[at + 1 :]
    parser = _parser()
    options, unknown = parser.parse_known_args(given)
    command: argparse.ArgumentParser = options.parser
    if unknown:
        wrong = next((each for each in unknown if each.startswith("-")), unknown[0]).partition("=")[0]
        known = re.findall(r"(?<![\w-])--[a-z][a-z-]+", command.format_help())
        near = nearest(wrong, known) if wrong.startswith("-") else None
        command.error(
            f"there is no {wrong}: {f'did you mean {near}?' if near else f'{command.prog} --help lists all.'}"
        )
    if behind is not None and not options.takes_settings:
        command.error("what stands behind -- is for vLLM, so it needs serve")
    options.behind_dashes = behind
    return options


def _parser() -> argparse.ArgumentParser:
    """Make the parser. Each command names the function that runs it, which returns an exit status, or None for 0."""
    parser = argparse.ArgumentParser(
        prog="loquent", description="NPCs that talk in VR: the server, and a chat to try it."
    )
    parser.add_argument("--version", action="version", version=f"loquent {__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")

    command = _add(commands, "serve", _serve, "start the server", takes_settings=True)
    command.add_argument(
        "--print-settings", action="store_true", help="print the settings in effect, as a file, and end"
    )

    command = _add(
        commands,
        "doctor",
        _doctor,
        "look whether a server can start, and say what to type in Unity",
        takes_settings=True,
    )
    command.add_argument("--url", help="look at this server instead, which runs already, such as ws://192.168.1.5:8765")
    _add_credentials(command)

    command = _add(commands, "token", _make_token, "make a token for somebody who may connect")
    command.add_argument("name", metavar="NAME", help="who gets it, for the log: letters, digits, - and _")
    command.add_argument(
        "--tokens",
        metavar="PATH",
        type=Path,
        help="file that it's put into, as a hash (default: the one that the settings name, else tokens.toml)",
    )
    command.add_argument("--settings", metavar="FILE", help="file with settings, as for serve")
    command.add_argument("--connections", type=int, metavar="N", help="most connections open at once with it")
    command.add_argument("--turns", type=int, metavar="N", help="most turns running at once of all its connections")
    command.add_argument(
        "--expires",
        type=_date,
        metavar="DATE",
        help="first day on which it isn't taken any more, in UTC, such as 2027-01-31",
    )

    command = _add(commands, "chat", _chat, "talk with a character in the terminal")
    url = f"ws://127.0.0.1:{SETTINGS['port'].default}"
    command.add_argument("--url", default=url, help="where the server is (default: %(default)s)")
    _add_credentials(command)
    command.add_argument("--character", default="innkeeper", help="who to talk with (default: %(default)s)")
    command.add_argument("--player", help="who you are: what is said is remembered under this name")
    return parser


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    does: str,
    *,
    takes_settings: bool = False,
) -> argparse.ArgumentParser:
    """Add a command; with ``takes_settings``, it has a flag for each of them, and `--`."""
    description = does[0].upper() + does[1:] + "."
    usage = None
    if takes_settings:
        usage = f"loquent {name} [options] [-- vLLM's own arguments]"
        description += (
            " What can be set by a flag can also stand in a file or in the environment: see docs/settings.md."
        )
    # Without abbreviations: one that works today would mean two settings tomorrow.
    command = commands.add_parser(name, help=does, description=description, usage=usage, allow_abbrev=False)
    command.set_defaults(run=run, parser=command, takes_settings=takes_settings)
    if takes_settings:
        add_flags(command)
    return command


def _add_credentials(command: argparse.ArgumentParser) -> None:
    """Give a command that connects to a server what it takes to be let in, and to know that it's the right one."""
    command.add_argument(
        "--token-file",
        metavar="FILE",
        help="file with the token to show to the server (default: the token in the environment variable LOQUENT_TOKEN, if any)",
    )
    command.add_argument(
        "--ca",
        metavar="FILE",
        type=Path,
        help="PEM file with the certificate to trust for wss://, the server's own or its authority's (default: this machine's)",
    )


def _token(options: argparse.Namespace) -> str | None:
    """Return the token to show. It's no flag itself: other users of this machine can read the command lines of all programs.

    Raises:
        ClientError: its file can't be read.
    """
    if options.token_file is None:
        return os.environ.get("LOQUENT_TOKEN") or None
    try:
        return Path(options.token_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it isn't text"
        raise ClientError(f"The token's file {options.token_file} can't be read ({reason}).") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} isn't a date, such as 2027-01-31") from None


def _configuration(options: argparse.Namespace) -> Configuration:
    return read(given_flags(options, options.behind_dashes), file=options.settings)


# --- The commands --------------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> None:
    configuration = _configuration(options)
    settings = configuration.settings
    if options.print_settings:
        print(settings_file(configuration), end="")
        return
    set_up(settings.log_level, settings.log_format, texts=settings.log_texts)
    _allow_descriptors(settings)
    if configuration.file_counts:
        _report(f"Settings from {configuration.file}.")
    characters = load_characters(settings.characters or SHIPPED)
    settings = replace(settings, memory=settings.memory or usual_file())
    asyncio.run(serve(partial(_engine, settings), characters, settings, _report))


def _allow_descriptors(settings: Settings) -> None:
    wanted = wanted_descriptors(settings)
    allowed = raise_descriptors(wanted)
    if allowed is not None and allowed < wanted:
        Log.named("loquent.serve").warning(
            "%d connections want %d open files, and the system allows %d: see `loquent doctor`.",
            settings.connections,
            wanted,
            allowed,
        )


def _engine(settings: Settings) -> Engine:
    if settings.engine == "scripted":
        from .engines.scripted import ScriptedEngine

        return ScriptedEngine()
    from .engines.vllm.engine import VllmEngine

    return VllmEngine(settings.model, settings.vllm_arguments, _report)


def _doctor(options: argparse.Namespace) -> int:
    if options.url is not None:
        return examine_running(options.url, _report, token=_token(options), authorities=options.ca)
    return examine(lambda: _configuration(options), _report)


def _make_token(options: argparse.Namespace) -> None:
    file = options.tokens or read({}, file=options.settings).settings.tokens or Path("tokens.toml")
    make_token(
        file,
        options.name,
        connections=options.connections,
        turns=options.turns,
        expires=options.expires,
        report=_report,
    )


def _chat(options: argparse.Namespace) -> None:
    token = _token(options)
    try:
        Chat(options.url, options.character, Options(player=options.player), token=token, authorities=options.ca).run()
    except FaultError as error:
        if error.fault.code != Code.UNAUTHORIZED:
            raise
        hint = "Here it's read from the environment variable LOQUENT_TOKEN, or from a file: --token-file."
        raise ClientError(f"{error} {hint}") from None


def _report(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:  # nobody reads any more (`loquent serve | head -1`): no reason to stop serving
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
