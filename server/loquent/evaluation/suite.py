"""What is asked of a character or a model, and what is right: one TOML file, written by who writes the game."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from ..tables import Table, Tables, did_you_mean
from ..tables import TableError as SuiteError
from ..wire.frames import Options
from ..wording import nearest
from .checks import Checks
from .languages import known_language

__all__ = ["Asked", "Case", "Said", "Suite", "SuiteError", "load_suite", "shipped_suites"]

SHIPPED: Final = Path(__file__).parent.parent / "suites"
"""The suites that come with the server."""

_MOST_REPEATS: Final = 1000
_LEAST_OPTIONS: Final = 2

_SUITE: Final = ("character", "about", "repeat", "player", "decision", "image", "reply")
_PLAYER: Final = ("id", "name", "locale", "max_tokens")
_CASE: Final = ("name", "repeat", "say")
_DECISION: Final = (*_CASE, "context", "question", "options", "answer", "image")
_IMAGE: Final = (*_CASE, "context", "question", "labels", "answer", "image")
_CHECKS: Final = (
    "contains_any",
    "contains_all",
    "forbids",
    "max_words",
    "max_sentences",
    "language",
    "cue",
    "no_cue",
)
_REPLY: Final = (*_CASE, *_CHECKS)
_PICTURE_QUESTION: Final = "What does the picture show?"


@dataclass(frozen=True, slots=True)
class Asked:
    """A case of ``[[decision]]`` or ``[[image]]``: a question, and which of its options is right."""

    kind: Literal["decision", "image"]
    name: str
    """Cases of one name are measured together; they ask the same question with the same options."""
    say: tuple[str, ...]
    """What the player says before, each with a reply of the character."""
    question: str
    """As it's asked: what the case calls context, and behind it the question."""
    options: tuple[str, ...]
    answer: str
    """The option that is right."""
    images: tuple[bytes, ...]
    """Picture files that are shown with the question."""
    repeat: int
    """How often it's asked, each time in a new conversation."""

    @property
    def id(self) -> str:
        """The same for the same case, in whichever suite and at whichever place."""
        shown = [hashlib.sha256(image).hexdigest() for image in self.images]
        return _id(self.kind, self.say, self.question, self.options, self.answer, shown)


@dataclass(frozen=True, slots=True)
class Said:
    """A case of ``[[reply]]``: what the player says, and what is wanted of the reply to the last of it."""

    name: str
    say: tuple[str, ...]
    """An empty text asks the character to speak first."""
    checks: Checks
    repeat: int

    @property
    def kind(self) -> Literal["reply"]:
        """Which kind of case it is."""
        return "reply"

    @property
    def id(self) -> str:
        """See `Asked.id`."""
        return _id("reply", self.say, self.checks.wanted())


Case = Asked | Said


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases, and who is asked."""

    name: str
    """The file's, without .toml."""
    path: Path
    sha256: str
    """Of the file's bytes."""
    about: str
    character: str
    player: Options
    cases: tuple[Case, ...]

    @property
    def attempts(self) -> int:
        """How many times something is asked, all repetitions counted."""
        return sum(case.repeat for case in self.cases)


def shipped_suites() -> list[str]:
    """Return the names of the suites that come with the server."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_suite(name: str, *, repeat: int | None = None, character: str | None = None) -> Suite:
    """Read a suite.

    Args:
        name: its file, or the name of one that comes with the server.
        repeat: how often each case is asked, whatever the suite says.
        character: who is asked, whatever the suite says.

    Raises:
        SuiteError: there is none, or it can't be used.
    """
    suite = _Reader(_find(name)).suite()
    if repeat is not None:
        suite = replace(suite, cases=tuple(replace(case, repeat=repeat) for case in suite.cases))
    return suite if character is None else replace(suite, character=character)


def _find(name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    shipped = shipped_suites()
    if name in shipped:
        return SHIPPED / f"{name}.toml"
    near = nearest(path.stem, shipped)
    there = f"did you mean {near}?" if near else f"there are {', '.join(shipped)}."
    raise SuiteError(f"There is no file {name}. Of the suites that come with Loquent {there}")


class _Reader:
    """Makes a suite of its file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = Tables(path)
        self._questions: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}

    def suite(self) -> Suite:
        root = self._file.table(self._file.root)
        root.allow(_SUITE)
        self._repeat = root.whole("repeat", 1, most=_MOST_REPEATS) or 1
        cases: list[Case] = [self._asked(table, "decision") for table in self._file.tables("decision")]
        cases += [self._asked(table, "image") for table in self._file.tables("image")]
        cases += [self._said(table) for table in self._file.tables("reply")]
        if not cases:
            raise SuiteError(f"{self._path} has no case: write [[decision]], [[reply]] or [[image]].")
        self._refuse_twins(cases)
        return Suite(
            name=self._path.stem,
            path=self._path,
            sha256=hashlib.sha256(self._file.data).hexdigest(),
            about=root.text("about", "", empty=True).strip(),
            character=root.text("character"),
            player=self._player(root.inner("player")),
            cases=tuple(cases),
        )

    def _player(self, table: Table | None) -> Options:
        if table is None:
            return Options()
        table.allow(_PLAYER)
        names = {"id": "player", "name": "player_name", "locale": "locale"}
        texts = {option: table.text(key) for key, option in names.items() if key in table}
        return Options(**texts, max_tokens=table.whole("max_tokens"))

    def _asked(self, table: Table, kind: Literal["decision", "image"]) -> Asked:
        table.allow(_DECISION if kind == "decision" else _IMAGE)
        options_key = "options" if kind == "decision" else "labels"
        name = table.text("name", kind)
        question, options = self._question(table, kind, name, options_key)
        answer = table.text("answer")
        if answer not in options:
            raise table.error(
                "answer", f"is none of the {options_key}: {did_you_mean(nearest(answer, options), options)}"
            )
        context = table.text("context", "").strip()
        return Asked(
            kind=kind,
            name=name,
            say=table.texts("say"),
            question=f"{context}\n{question}" if context else question,
            options=options,
            answer=answer,
            images=tuple(self._image(table, each) for each in table.texts("image", least=int(kind == "image"))),
            repeat=self._repeats(table),
        )

    def _question(self, table: Table, kind: str, name: str, options_key: str) -> tuple[str, tuple[str, ...]]:
        """Return the question and its options: those of the first case of the same name where a case doesn't have them."""
        first = self._questions.get((kind, name))
        if first is None and any(other == name for _, other in self._questions):
            raise table.error(
                "name", f"is {name}, which the other kind of case has already: their figures would be mixed up"
            )
        asked = options_key in table or first is None
        options = table.texts(options_key, least=_LEAST_OPTIONS) if asked else first[1] if first else ()
        if len({" ".join(option.split()) for option in options}) < len(options):
            raise table.error(options_key, "holds the same twice")
        default = first[0] if first is not None else _PICTURE_QUESTION if kind == "image" else None
        question = table.text("question", default).strip()
        self._questions.setdefault((kind, name), (question, options))
        return question, options

    def _image(self, table: Table, name: str) -> bytes:
        path = self._path.parent / name
        try:
            return path.read_bytes()
        except OSError as error:
            raise table.error("image", f"names {path}, which can't be read ({error.strerror})") from None

    def _said(self, table: Table) -> Said:
        table.allow(_REPLY)
        if not any(key in table for key in _CHECKS):
            raise table.error(None, f"has nothing to check: give it one or more of {', '.join(_CHECKS)}")
        language = table.text("language").lower() if "language" in table else None
        if language is not None and not known_language(language):
            raise table.error("language", "is none that can be told apart; write it as en, de, fr, ja, …")
        no_cue: bool | tuple[str, ...] = table.switch("no_cue") if self._is_switch(table) else table.texts("no_cue")
        checks = Checks(
            contains_any=table.texts("contains_any"),
            contains_all=table.texts("contains_all"),
            forbids=table.texts("forbids"),
            max_words=table.whole("max_words"),
            max_sentences=table.whole("max_sentences"),
            language=language,
            cue=table.texts("cue"),
            no_cue=no_cue,
        )
        say = table.texts("say", least=1, empty=True)
        return Said(table.text("name", "reply"), say, checks, self._repeats(table))

    @staticmethod
    def _is_switch(table: Table) -> bool:
        return isinstance(table.raw("no_cue"), bool)

    def _repeats(self, table: Table) -> int:
        return table.whole("repeat", self._repeat, most=_MOST_REPEATS) or 1

    def _refuse_twins(self, cases: list[Case]) -> None:
        """Refuse a case that stands twice: it would count twice, and seem to be more proof than it is."""
        seen: set[str] = set()
        counts = {"decision": 0, "image": 0, "reply": 0}
        for case in cases:
            if case.id in seen:
                raise self._file.error(
                    case.kind,
                    counts[case.kind],
                    None,
                    "stands here a second time; to ask it more often, give it repeat",
                )
            seen.add(case.id)
            counts[case.kind] += 1


def _id(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]
