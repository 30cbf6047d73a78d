"""The settings as flags of a command: made from their declarations, and read as they were typed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

from .setting import SETTINGS, Kind, Setting

_DEST: Final = "setting:"
"""Begins the names under which argparse keeps what was given, so that they meet no other option's."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Give a command a flag for each setting, and `--settings`, under the headings they were declared with."""
    parser.add_argument(
        "--settings",
        metavar="FILE",
        help="file with settings, TOML (default: the one that LOQUENT_SETTINGS names, else loquent.toml in the current folder, if "
        'there is one; "" for none)',
    )
    headings = {setting.group: parser.add_argument_group(setting.group) for setting in SETTINGS.values()}
    for setting in SETTINGS.values():
        if setting.flags != ("--",):
            _add(headings[setting.group], setting)


def _add(heading: argparse._ArgumentGroup, setting: Setting) -> None:
    dest, help_ = f"{_DEST}{setting.name}", _help(setting)
    if setting.kind is Kind.SWITCH:
        heading.add_argument(*setting.flags, dest=dest, default=None, action=argparse.BooleanOptionalAction, help=help_)
    elif setting.kind is Kind.TEXTS:
        heading.add_argument(*setting.flags, dest=dest, action="append", metavar=_metavar(setting), help=help_)
    else:
        heading.add_argument(*setting.flags, dest=dest, metavar=_metavar(setting), help=help_)


def _metavar(setting: Setting) -> str:
    if setting.choices:
        return "|".join(("PATH", *setting.choices) if setting.kind is Kind.PATH else setting.choices)
    if setting.kind in (Kind.WHOLE, Kind.NUMBER):
        return "N" if setting.unit in ("", "count") else setting.unit.split()[0].upper()
    return "PATH" if setting.kind is Kind.PATH else "TEXT"


def _help(setting: Setting) -> str:
    notes = ["may be repeated"] if setting.kind is Kind.TEXTS else []
    if setting.default not in (None, ()):
        shown = str(setting.default).lower() if setting.kind is Kind.SWITCH else setting.default
        notes.append(f"default: {shown}")
    text = f"{setting.why} ({'; '.join(notes)})" if notes else setting.why
    return text.replace("%", "%%")


def given_flags(
    options: argparse.Namespace, behind_dashes: Sequence[str] | None
) -> dict[str, str | bool | Sequence[str]]:
    """Return what was given on the command line, by the settings' names.

    Args:
        options: what argparse has read.
        behind_dashes: what stands behind `--`; None if there is no `--`.
    """
    given = {key.removeprefix(_DEST): value for key, value in vars(options).items() if key.startswith(_DEST)}
    if behind_dashes is not None:
        given |= {setting.name: behind_dashes for setting in SETTINGS.values() if setting.flags == ("--",)}
    return {name: value for name, value in given.items() if value is not None}
