"""Where a setting's value can come from: a file, the environment, the command line. Each names itself in what it refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

from ..tables import TableError, Tables
from ..wording import nearest, shortened
from .setting import SETTINGS, Setting, Value, ValueRefused


class ConfigurationError(Exception):
    """The settings can't be used. The text is one sentence that says where the wrong one stands, and what is allowed."""


class Source(IntEnum):
    """Where a value comes from; a greater one wins."""

    DEFAULT = 0
    FILE = 1
    ENVIRONMENT = 2
    FLAG = 3


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was given, and where."""

    value: Value
    source: Source
    where: str
    """Names it in a sentence: `LOQUENT_PORT`, `--port`, `port (loquent.toml, line 3)`."""


_PREFIX: Final = "LOQUENT_"

OTHER_VARIABLES: Final = (
    "LOQUENT_SETTINGS",
    "LOQUENT_TOKEN",
    "LOQUENT_CACHE",
    "LOQUENT_SETUP_ENGINE",
    "LOQUENT_PROTOCOL",
)
"""Variables of the project that are no settings: which file to read, a client's token, where models are kept, what the set-up
installs, and where the tests of the C# half find the protocol."""

_KUBERNETES: Final = re.compile(r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)")
"""What Kubernetes sets in every container for a service: of one that is called loquent, the names begin as ours do."""


# --- The file ------------------------------------------------------------------------------------------------


def from_file(path: Path) -> dict[str, Given]:
    """Read a settings file. Paths in it count from its folder.

    Raises:
        ConfigurationError: it can't be read, or something in it can't be used.
    """
    try:
        file = Tables(path, f"The settings file {path}")
    except TableError as error:
        raise ConfigurationError(str(error)) from None
    found = {}
    for key, value in file.root.items():
        line = file.line(key)
        where = f"{shortened(key)} ({path}{'' if line is None else f', line {line}'})"
        setting = SETTINGS.get(key)
        if setting is None:
            if isinstance(value, dict):
                raise ConfigurationError(f"{where} is a table; settings have none, each is a key of its own.")
            raise ConfigurationError(
                _unknown(where, key.replace("-", "_"), _keys(), "`loquent serve --print-settings` prints them all")
            )
        found[key] = Given(_checked(setting, value, where, path.absolute().parent), Source.FILE, where)
    return found


def _keys() -> dict[str, str]:
    """Return what somebody may mean a setting by: its name, or what its flags are called."""
    return {
        name: setting.name
        for setting in SETTINGS.values()
        for name in (setting.name, *(flag.strip("-").replace("-", "_") for flag in setting.flags))
        if name
    }


# --- The environment -----------------------------------------------------------------------------------------


def from_environment(environ: Mapping[str, str]) -> dict[str, Given]:
    """Read the settings that stand in environment variables; an empty one counts as not set.

    Raises:
        ConfigurationError: one can't be used, or there is no setting for it.
    """
    variables = {setting.variable: setting for setting in SETTINGS.values()}
    found = {}
    for name, text in environ.items():
        if not name.startswith(_PREFIX) or not text or name in OTHER_VARIABLES or _is_kubernetes(name, text):
            continue
        setting = variables.get(name)
        if setting is None:
            known = {each.removeprefix(_PREFIX): each for each in (*variables, *OTHER_VARIABLES)}
            advice = "unset it, or see docs/settings.md for those there are"
            raise ConfigurationError(
                _unknown(f"The environment variable {shortened(name)}", name.removeprefix(_PREFIX), known, advice)
            )
        if name == "LOQUENT_ENGINE" and text.strip().lower() in ("cpu", "gpu", "none", "auto"):
            raise ConfigurationError(
                f"LOQUENT_ENGINE is {text}, which is for the set-up: that one is called LOQUENT_SETUP_ENGINE now; LOQUENT_ENGINE is "
                f"the server's engine, {setting.allowed}."
            )
        found[setting.name] = Given(_checked(setting, text, name), Source.ENVIRONMENT, name)
    return found


def _is_kubernetes(name: str, text: str) -> bool:
    return _KUBERNETES.fullmatch(name) is not None or (name.endswith("_PORT") and "://" in text)


# --- The command line ----------------------------------------------------------------------------------------


def from_flags(flags: Mapping[str, str | bool | Sequence[str]]) -> dict[str, Given]:
    """Read what was given on the command line, by the settings' names: texts, lists of texts, or for switches true and false.

    Raises:
        ConfigurationError: one can't be used.
    """
    found = {}
    for name, given in flags.items():
        setting = SETTINGS[name]
        where = setting.flags[0] if setting.flags != ("--",) else "what stands behind --"
        found[name] = Given(_checked(setting, given, where), Source.FLAG, where)
    return found


# --- All of them ---------------------------------------------------------------------------------------------


def _checked(setting: Setting, given: object, where: str, base: Path | None = None) -> Value:
    try:
        if isinstance(given, str) and base is None:
            return setting.read(given)
        return setting.check(given, base=base)
    except ValueRefused as refused:
        raise ConfigurationError(f"{where} {refused}.") from None


def _unknown(where: str, name: str, known: Mapping[str, str], advice: str) -> str:
    near = nearest(name, known)
    return f"{where} is no setting: {f'did you mean {known[near]}?' if near else f'{advice}.'}"
