"""The checks of replies, one by one."""

from __future__ import annotations

import importlib.util
import os

import pytest

from loquent.evaluation.checks import Checks, Heard, count_sentences, count_words, passes
from loquent.evaluation.languages import known_language, stays_in

needs_py3langid = pytest.mark.skipif(
    "CI" not in os.environ and importlib.util.find_spec("py3langid") is None, reason="py3langid comes with `make setup`"
)


@pytest.mark.parametrize(
    ("text", "wanted", "holds"),
    [
        ("Two silver, friend.", "two SILVER", True),
        ("That is said often.", "AI", False),  # whole words
        ("I'm an AI.", "ai", True),
        ("The roads are flooded.", "flood", False),
        ("The roads are flooded.", "flood*", True),
        ("I don’t know", "don't", True),  # a typographic apostrophe
        ("a bed\n costs", "bed costs", True),
        ("（ｔｗｏ）", "two", True),  # full width
        ("print(1)", "print(", True),
        ("STRASSE", "straße", True),
        ("宿は銀貨二枚です", "銀貨", True),  # words without spaces between
        ("anything", "*", False),
    ],
)
def test_words_are_found_as_people_mean_them(text: str, wanted: str, holds: bool) -> None:
    assert Checks(contains_any=(wanted,)).judge(Heard(text)) == {"contains_any": holds}
    assert Checks(forbids=(wanted,)).judge(Heard(text)) == {"forbids": not holds}


def test_one_of_them_or_all_of_them() -> None:
    checks = Checks(contains_any=("two", "three"), contains_all=("silver", "bed"))
    assert checks.judge(Heard("A bed is three silver")) == {"contains_any": True, "contains_all": True}
    assert checks.judge(Heard("Three silver")) == {"contains_any": True, "contains_all": False}


@pytest.mark.parametrize(
    ("text", "words", "sentences"),
    [
        ("", 0, 0),
        ("Aye.", 1, 1),
        ("Aye", 1, 1),
        ("Well… who knows? Not I!", 5, 3),
        ('"Who goes there?" he said. It’s half-past two.', 8, 3),
        ("It costs 2.50 silver.", 5, 1),
        ("Wait... what?!", 2, 2),
        ("宿は銀貨。", 4, 1),
    ],
)
def test_counting(text: str, words: int, sentences: int) -> None:
    assert (count_words(text), count_sentences(text)) == (words, sentences)


def test_lengths() -> None:
    checks = Checks(max_words=2, max_sentences=1)
    assert checks.judge(Heard("Two words.")) == {"max_words": True, "max_sentences": True}
    assert checks.judge(Heard("Now three. Words.")) == {"max_words": False, "max_sentences": False}


@pytest.mark.parametrize(
    ("cues", "wanted", "performed"),
    [
        (["wave"], "wave", True),
        (["Wave"], "WAVE", True),
        (["look_at:door"], "look_at", True),
        (["look_at:door"], "look at:door", True),
        (["look_at:door"], "look_at:fire", False),
        (["waves"], "wave", False),
        ([], "wave", False),
    ],
)
def test_cues(cues: list[str], wanted: str, performed: bool) -> None:
    assert Checks(cue=(wanted,)).judge(Heard("", cues)) == {"cue": performed}
    assert Checks(no_cue=(wanted,)).judge(Heard("", cues)) == {"no_cue": not performed}
    assert Checks(no_cue=True).judge(Heard("", cues)) == {"no_cue": not cues}


@needs_py3langid
def test_a_language_that_cannot_be_told_is_neither_passed_nor_failed() -> None:
    checks = Checks(language="de", max_words=9)
    assert checks.judge(Heard("Ja.")) == {"max_words": True, "language": None}
    assert passes({"max_words": True, "language": None}) is True
    assert passes({"max_words": False, "language": None}) is False
    assert passes({"language": None}) is None


SENTENCES = {
    "en": "The old mine road has been closed since the flood.",
    "de": "Die alte Minenstraße ist seit der Flut gesperrt.",
    "fr": "La vieille route de la mine est fermée depuis l'inondation.",
    "es": "El viejo camino de la mina está cerrado desde la inundación.",
    "it": "La vecchia strada della miniera è chiusa dall'alluvione.",
    "pt-BR": "A velha estrada da mina está fechada desde a enchente.",
    "nl": "De oude mijnweg is sinds de overstroming gesloten.",
    "pl": "Stara droga do kopalni jest zamknięta od powodzi.",
    "sv": "Den gamla gruvvägen har varit stängd sedan översvämningen.",
    "nb": "Den gamle gruveveien har vært stengt siden flommen.",
    "ja": "古い鉱山の道は、洪水のあと閉ざされている。",
    "ko": "오래된 광산 길은 홍수 이후로 막혀 있다.",
    "zh": "自从洪水之后，那条旧矿路就封闭了。",
    "ru": "Старая дорога к шахте закрыта после наводнения.",
    "ar": "الطريق القديم إلى المنجم مغلق منذ الفيضان.",
}


@needs_py3langid
@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_in_its_language_and_in_no_far_one(language: str) -> None:
    assert known_language(language)
    assert stays_in(SENTENCES[language], language) is True
    close = {"nb", "sv", "nl", "de", "es", "pt-BR", "it"}
    others = [other for other in SENTENCES if other != language and not {other, language} <= close]
    assert not any(stays_in(SENTENCES[language], other) for other in others)


@needs_py3langid
@pytest.mark.parametrize("text", ["", "Aye.", "…", "12 345 678 901 234", "Sì, sì."])
def test_what_is_too_short_is_not_judged(text: str) -> None:
    assert stays_in(text, "en") is None


def test_languages_that_are_not_known() -> None:
    assert [code for code in ("en-GB", "pt_BR", "NN", "elvish", "x", "") if known_language(code)] == [
        "en-GB",
        "pt_BR",
        "NN",
    ]
