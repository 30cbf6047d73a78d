"""The settings in effect: defaults, over them the file, over it the environment, over all the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ..settings import Settings
from ..wording import shortened
from .sources import ConfigurationError, Given, Source, from_environment, from_file, from_flags

FILE: Final = Path("loquent.toml")
"""The file that is read if none is named, provided it's there."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, and where each comes from."""

    settings: Settings
    given: Mapping[str, Given]
    """What was given and counts, by the settings' names; what isn't here has its default."""
    file: Path | None
    """The file that was read."""

    @property
    def file_counts(self) -> bool:
        """Whether a value in effect comes from the file."""
        return any(each.source is Source.FILE for each in self.given.values())

    def where(self, name: str) -> str:
        """Tell where a setting's value comes from, in words."""
        given = self.given.get(name)
        return given.where if given is not None else "the default"


def read(
    flags: Mapping[str, str | bool | Sequence[str]] | None = None,
    *,
    file: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Configuration:
    """Read the settings from all that may have them.

    Args:
        flags: what was given on the command line, by the settings' names.
        file: which file to read, as the command line says; the empty text for none. Unless told, the one that LOQUENT_SETTINGS
            names, else `loquent.toml` in the current folder if there is one.
        environ: the environment's variables.

    Raises:
        ConfigurationError: something that was given can't be used, or contradicts something else.
    """
    path = _path(file, environ)
    layers = ({} if path is None else from_file(path), from_environment(environ), from_flags(flags or {}))
    given: dict[str, Given] = {name: each for layer in layers for name, each in layer.items()}
    _leave_out_the_model(given)
    values: dict[str, Any] = {name: each.value for name, each in given.items()}
    configuration = Configuration(replace(Settings(), **values), given, path)
    _refuse_contradictions(configuration)
    return configuration


def _path(file: str | None, environ: Mapping[str, str]) -> Path | None:
    named = file if file is not None else environ.get("LOQUENT_SETTINGS") or None
    if named is None:
        return FILE if os.path.lexists(FILE) else None  # what is there and can't be read is told
    if not named:
        return None
    path = Path(os.path.expanduser(named))  # noqa: PTH111 - Path's own raises where there is no such home
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        said = "--settings" if file is not None else "LOQUENT_SETTINGS"
        raise ConfigurationError(f"There is no settings file {shortened(named)}, which {said} names.") from None
    except OSError as error:
        raise ConfigurationError(f"The settings file {shortened(named)} can't be read ({error.strerror}).") from None
    return path


# --- What can't be at once -----------------------------------------------------------------------------------


def _leave_out_the_model(given: dict[str, Given]) -> None:
    """Without vLLM, leave out what is said for it in a place that counts less than the one that chooses the engine.

    That is no contradiction, but a file that has a model, and once `--engine scripted` over it.
    """
    engine = given.get("engine")
    if engine is None or engine.value == "vllm":
        return
    for name in ("model", "vllm_arguments"):
        if name in given and given[name].source < engine.source:
            del given[name]


def _refuse_contradictions(configuration: Configuration) -> None:
    settings = configuration.settings

    def said(name: str) -> str:
        """Name a setting by where it comes from, with its value."""
        where = configuration.given[name].where if name in configuration.given else f"{name} (by default)"
        return f"{where} is {getattr(settings, name)}"

    for name in ("model", "vllm_arguments"):
        if settings.engine != "vllm" and getattr(settings, name):
            raise ConfigurationError(
                f"{configuration.where(name)} is for vLLM, and {said('engine')}: leave one of them out."
            )
    if settings.certificate_key is not None and settings.certificate is None:
        raise ConfigurationError(
            f"{said('certificate_key')}, and certificate is missing, without which there is no TLS: give both, or neither."
        )
    if settings.text_bytes > settings.message_bytes:
        raise ConfigurationError(
            f"{said('text_bytes')} and {said('message_bytes')}: a text can't be longer than the message that brings it."
        )
    if settings.images * settings.image_bytes > settings.message_bytes:
        raise ConfigurationError(
            f"{said('images')} and {said('image_bytes')}, so that pictures take up to {settings.images * settings.image_bytes} "
            f"bytes, and {said('message_bytes')}: they must fit into one message."
        )
    if settings.reply_tokens > settings.most_reply_tokens:
        raise ConfigurationError(
            f"{said('reply_tokens')} and {said('most_reply_tokens')}: the first can't be more than the second."
        )
