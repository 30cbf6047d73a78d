"""The command ``loquent``."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from . import __version__
from .access import AccessError
from .certificates import CertificateError
from .chat import Chat
from .client import ClientError, FaultError
from .configuration.flags import add_flags, given_flags
from .configuration.reading import Configuration, read
from .configuration.setting import SETTINGS
from .configuration.sources import ConfigurationError
from .configuration.writing import settings_file
from .descriptors import raise_descriptors, wanted_descriptors
from .dialogue.cast import Cast, adapters_of
from .dialogue.character_file import SHIPPED, CharacterError
from .dialogue.memory_file import StoreError, usual_file
from .doctor.examination import examine, examine_running
from .engines import choosing
from .engines.base import EngineError
from .evaluation.command import Evaluation, EvaluationError, add_arguments, evaluate
from .evaluation.suite import SuiteError
from .gateway import GatewayError
from .logs import Log, set_up
from .players import counted, erase_player, export_players, export_to, import_players, list_players, named, shown
from .serve import serve
from .settings import NO_MEMORY, Settings
from .tokens import TokensError, make_token
from .tracing.tracer import TracingError
from .wire.faults import Code
from .wire.frames import Options
from .wording import nearest


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
        EvaluationError,
        GatewayError,
        StoreError,
        SuiteError,
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

    _add_players(commands)

    command = _add(commands, "chat", _chat, "talk with a character in the terminal")
    url = f"ws://127.0.0.1:{SETTINGS['port'].default}"
    command.add_argument("--url", default=url, help="where the server is (default: %(default)s)")
    _add_credentials(command)
    command.add_argument("--character", default="innkeeper", help="who to talk with (default: %(default)s)")
    command.add_argument("--player", help="who you are: what is said is remembered under this name")

    command = _add(
        commands,
        "evaluate",
        _evaluate,
        "ask a character the cases of a suite, and measure what it answers",
        takes_settings=True,
        takes="[SUITE] ",
    )
    add_arguments(command)
    _add_credentials(command)
    return parser


def _add_players(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    does = "show, export, import or erase what is remembered of players"
    group = commands.add_parser(
        "players",
        help=does,
        description=f"{does[0].upper()}{does[1:]}; also while the server runs.",
        allow_abbrev=False,
    )
    actions = group.add_subparsers(required=True, metavar="action")
    player: dict[str, Any] = {
        "metavar": "PLAYER",
        "type": named,
        "help": "who: as `loquent players list` shows the name",
    }
    for name, run, action in (
        ("list", _list_players, "show who is remembered"),
        ("export", _export_players, "write down what is remembered, as JSON Lines"),
        ("import", _import_players, "take in what was exported: all of it, or nothing"),
        ("erase", _erase_player, "erase all that is remembered of a player, for ever"),
    ):
        command = _add(actions, name, run, action)
        match name:
            case "export":
                command.add_argument("player", nargs="?", **player)
                command.add_argument("--all", action="store_true", help="of all players")
                command.add_argument("--file", metavar="FILE", type=Path, help="where to (default: it's printed)")
            case "import":
                command.add_argument(
                    "file", metavar="FILE", type=Path, help="what `loquent players export` has written"
                )
            case "erase":
                command.add_argument("player", **player)
                command.add_argument("--yes", action="store_true", help="don't ask")
        command.add_argument(
            "--memory", metavar="PATH", type=Path, help="the memory's file (default: the one that the settings name)"
        )
        command.add_argument("--settings", metavar="FILE", help="file with settings, as for serve")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    does: str,
    *,
    takes_settings: bool = False,
    takes: str = "",
) -> argparse.ArgumentParser:
    """Add a command; with ``takes_settings``, it has a flag for each of them, and `--`."""
    description = does[0].upper() + does[1:] + "."
    usage = None
    if takes_settings:
        usage = f"loquent {name} {takes}[options] [-- vLLM's own arguments]"
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
    cast = Cast.read(settings.characters or SHIPPED)
    settings = replace(settings, memory=settings.memory or usual_file())
    asyncio.run(
        serve(
            partial(choosing.engine, settings, _report, lambda: adapters_of(cast)),
            cast,
            settings,
            _report,
            make_embedder=choosing.embedder(settings),
            make_recogniser=choosing.recogniser(settings),
        )
    )


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


def _list_players(options: argparse.Namespace) -> None:
    found = list_players(_memory(options))
    for player in found:
        times = f"{player.first:%Y-%m-%d} to {player.last:%Y-%m-%d}"
        _report(f"{shown(player.name)}\t{counted(player.exchanges)} with {', '.join(player.characters)}, {times}")
    if not found:
        _report("Nobody is remembered.")


def _export_players(options: argparse.Namespace) -> int | None:
    if (options.player is None) is not options.all:
        options.parser.error("say whom to export: a player, or --all")
    memory = _memory(options)
    if options.file is None:
        if isinstance(sys.stdout, io.TextIOWrapper):  # whatever the terminal can show: it's a file in the making
            sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="\n")
        try:
            count = export_players(memory, options.player, sys.stdout)
            sys.stdout.flush()
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise StoreError(f"The export is incomplete: {error.strerror}.") from None
    else:
        count = export_to(memory, options.player, options.file)
        _report(f"Written to {options.file}: {counted(count)}.")
    if not count and options.player is not None:
        return _nobody(options.player)
    return None


def _import_players(options: argparse.Namespace) -> None:
    _report(f"Imported: {counted(import_players(_memory(options), options.file))}.")


def _erase_player(options: argparse.Namespace) -> int | None:
    memory = _memory(options)
    if not options.yes:
        known = {player.name: player for player in list_players(memory)}.get(options.player)
        what = f"{counted(known.exchanges)} with {', '.join(known.characters)}" if known else "what is being said now"
        try:
            answer = input(f"Erase {what} of {shown(options.player)}, for ever? [y/N] ")
        except EOFError:
            raise StoreError("Nothing was erased: nobody answered. --yes erases without a question.") from None
        if answer.strip().lower() not in ("y", "yes"):
            _report("Nothing was erased.")
            return 1
    count = erase_player(memory, options.player)
    if not count:
        return _nobody(options.player)
    _report(f"Erased: {counted(count)} of {shown(options.player)}. A server that runs forgets them within a second.")
    return None


def _nobody(player: str) -> int:
    print(f"loquent: Nothing is remembered of {shown(player)}; `loquent players list` shows of whom.", file=sys.stderr)
    return 1


def _memory(options: argparse.Namespace) -> Path:
    """Return the memory's file, of a server with these settings."""
    named: Path | None = options.memory or read({}, file=options.settings).settings.memory
    if named == NO_MEMORY:
        raise StoreError("The settings say memory = none: what is said is only in the server, and gone when it stops.")
    return named or usual_file()


@contextmanager
def _saying_where_tokens_are_read() -> Iterator[None]:
    """Add to a server's refusal where the token for it is read here."""
    try:
        yield
    except FaultError as error:
        if error.fault.code != Code.UNAUTHORIZED:
            raise
        hint = "Here it's read from the environment variable LOQUENT_TOKEN, or from a file: --token-file."
        raise ClientError(f"{error} {hint}") from None


def _chat(options: argparse.Namespace) -> None:
    token = _token(options)
    with _saying_where_tokens_are_read():
        Chat(options.url, options.character, Options(player=options.player), token=token, authorities=options.ca).run()


def _evaluate(options: argparse.Namespace) -> int:
    given = [SETTINGS[name].flags[0] for name in given_flags(options, options.behind_dashes)]
    with _saying_where_tokens_are_read():
        return evaluate(
            Evaluation.of(options, [*given, *(["--settings"] if options.settings is not None else [])]),
            lambda: _configuration(options),
            _report,
            token=_token(options) if options.url is not None else None,
            authorities=options.ca,
        )


def _report(line: str) -> None:
    try:
        print(line, flush=True)
    except OSError:  # nobody reads any more (`loquent serve | head -1`): no reason to stop serving
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
