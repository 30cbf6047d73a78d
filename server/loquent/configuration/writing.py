"""The settings in writing: a file that can be read back, with what is in effect; and the page that documents them."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator

from .. import __version__
from .reading import Configuration
from .setting import SETTINGS, Kind, Setting, toml

_WIDTH = 118


def settings_file(configuration: Configuration) -> str:
    """Write a settings file with all settings in effect, each with its reason, its default and where its value comes from.

    Read back, it gives the same settings.
    """
    lines = [f"# The settings of Loquent {__version__} in effect. Read this file with --settings, or as loquent.toml."]
    for group, settings in _groups():
        lines += ["", "", f"# --- {group} ---"]
        for setting in settings:
            value = getattr(configuration.settings, setting.name)
            lines += ["", *textwrap.wrap(_comment(setting), _WIDTH, initial_indent="# ", subsequent_indent="# ")]
            lines.append(f"{setting.name} = {toml(value)}{_origin(configuration, setting)}")
    return "\n".join(lines) + "\n"


def _comment(setting: Setting) -> str:
    if setting.kind not in (Kind.WHOLE, Kind.NUMBER):  # choices are in the reason, each with what it's for
        return setting.why
    return f"{setting.why} {setting.allowed[0].upper()}{setting.allowed[1:]}."


def _origin(configuration: Configuration, setting: Setting) -> str:
    if setting.name not in configuration.given:
        return ""
    where = "".join(character if character.isprintable() else "?" for character in configuration.where(setting.name))
    return f"  # from {where}; the default is {toml(setting.default)}"


def _groups() -> Iterator[tuple[str, list[Setting]]]:
    for group, settings in itertools.groupby(SETTINGS.values(), key=lambda setting: setting.group):
        yield group, list(settings)


# --- The page ------------------------------------------------------------------------------------------------

_INTRODUCTION = """\
# Settings

<!-- Made by `make docs` from server/loquent/settings.py: change that, not this. -->

Everything about a server that can be set, with the reason for its default. Nothing has to be.

## How to set them

Each setting has one name, and beside its default three places where it can be given. A later line of this table wins over an earlier one.

| place | for example | |
| --- | --- | --- |
| a file | `port = 9000` | TOML, one key a setting |
| the environment | `LOQUENT_PORT=9000` | `LOQUENT_` and the name in capitals; an empty variable counts as not set |
| the command line | `--port 9000` | the name with dashes; switches can be turned off too, as in `--no-log-texts` |

- **Which file**: `--settings FILE`, else the one that the variable `LOQUENT_SETTINGS` names, else `loquent.toml` in the current
  folder if there is one. The server says which it read.
- **What is in effect**, and where it comes from: `loquent serve --print-settings`, with all that you would start the server with.
  What it prints is a settings file; keep what you need of it.
- **Paths** in a file count from the file's folder, others from the current one. `~` is your home folder.
- **Lists** are `["…", "…"]` in a file, separated by spaces in a variable (quoted as in a shell), and repeated flags on the
  command line. A list replaces the one from an earlier place, and adds nothing to it.
- **What is empty by default** is so again with the empty text: `model = ""` in a file, `--model ""`.
- **What is wrong is an error**, in one sentence that says where it stands and what is allowed; for an unknown name, the nearest right one.
  (Variables that Kubernetes makes for a service of this name are left aside.)
- **Variables that are no settings**: `LOQUENT_TOKEN` is the token that `loquent chat` and `loquent doctor --url` show, `LOQUENT_CACHE`
  the folder in which the embedded model is kept (`~/.cache/loquent` unless told), and `LOQUENT_SETUP_ENGINE` is for the
  [set-up](getting-started.md).
- **Whether a server can start with them**: `loquent doctor`, with the same options, says so, and what to type in Unity.
"""


def settings_page() -> str:
    """Write the documentation of all settings, `docs/settings.md`."""
    lines = [_INTRODUCTION]
    for group, settings in _groups():
        lines += [f"## {group}", "", "| setting | default | unit | what it is, and why |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{setting.name}` | {_default(setting)} | {setting.unit} | {_reason(setting)} |" for setting in settings
        ]
        lines.append("")
    return "\n".join(lines)


def _default(setting: Setting) -> str:
    match setting.default:
        case None | ():
            return "empty"
        case int() | float() if not isinstance(setting.default, bool):
            return f"{setting.default:,}".removesuffix(".0") if setting.unit else str(setting.default)
    return f"`{toml(setting.default)}`"


def _reason(setting: Setting) -> str:
    parts = [setting.why]
    if setting.choices and setting.kind is not Kind.PATH:
        parts.append(f"Can be {setting.allowed}.")
    if setting.least is not None and setting.least > 0:
        parts.append(f"At least {setting.least:,g}.")
    if len(setting.flags) > 1:
        parts.append(f"Also as the flag `{setting.flags[1]}`.")
    return " ".join(parts).replace("|", "\\|")
