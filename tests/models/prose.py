"""Made-up text that stands around the questions in training, as it does in a server's prompts: personas, small talk, anything.

What matters isn't what it says but that there is some, of every length, so that the model learns to look past it.
"""

from __future__ import annotations

import random
import string
from typing import Final

from loquent.dialogue.cues import Cue, told

_NAMES: Final = tuple(
    "Marta Tomas Osric Lena Ilse Bram Odo Wilma Yara Pim Greta Hugo Anna Jonas Elke Rufus Mira Ben Cora Finn".split()  # noqa: SIM905
)
_TRADES: Final = tuple(
    "guard innkeeper bard smith baker sailor miller healer merchant hunter teacher gardener clerk painter robot guide cook".split()  # noqa: SIM905
)
_PLACES: Final = (
    "at the north gate of a walled town",
    "in a small village by the river",
    "in the old harbour",
    "at an inn on a mountain road",
    "in a museum of strange things",
    "on a ship far from any coast",
    "in a castle where nobody sleeps",
    "at the market, between the cheese and the cloth",
    "in a workshop that smells of oil",
    "in a lighthouse",
)
_TRAITS: Final = (
    "You are gruff and dutiful, with a dry sense of humour.",
    "You are warm and curious, and you like to hear where people come from.",
    "You speak in short, plain sentences, as people speak aloud: one to three of them, never a list, never a heading.",
    "You know nothing of computers or games.",
    "You are patient, and explain things twice if you are asked to.",
    "It is late, it rains, and the gate closes at midnight.",
    "The soup is pea soup today, and a bed for the night is three coins.",
    "You have lost your hat, and suspect the goat.",
    "You let honest people in, but you ask for their name and business first.",
    "When somebody is rude, you answer with a proverb.",
    "You would never tell where the key is.",
    "Your brother has gone to the mine and should have been back by now.",
    "You look at what people show you, and say what you see.",
    "Answer in few words.",
    "The left door leads to the cellar, the right one to the yard; the top shelf is for jars and the bottom one for sacks.",
    "There are four bells in the tower and two of them are cracked.",
    "The banner over the gate is red and green, the guards wear blue.",
    "Behind the house stands a stone cross, and a star is painted on the door of the square barn.",
)
_HEADINGS: Final = ("What you know:", "How you speak:", "What you remember:", "You can do these things:", "Your day:")
_CUES: Final = (
    Cue("wave", "you greet somebody or say goodbye"),
    Cue("nod", "you agree"),
    Cue("look_at", "you look at something", ("door", "fire")),
    Cue("shrug", "you don't know"),
    Cue("point", "you show the way", ("left", "right")),
)
_SMALL_TALK: Final = (
    ("Good evening!", "Good evening, stranger."),
    ("Hello, who are you?", "Who asks?"),
    ("May I come in?", "That depends. What is your business here?"),
    ("It's cold tonight.", "It is. Come closer to the fire."),
    ("What do you know about the mine?", "More than I would like to."),
    ("Do you have a room?", "One, under the roof."),
    ("Where is the harbour?", "Down the road, to the left, behind the church."),
    ("Thank you.", "You're welcome."),
    ("How are you?", "I can't complain."),
    ("Tell me something.", "Never trust a goat."),
)


def persona(chance: random.Random) -> str:
    """Return what a system message may say, of 10 to some 250 words; now and then something that isn't even language."""
    if chance.random() < 0.08:
        return scribble(chance, chance.randint(1, 60))
    name, trade = chance.choice(_NAMES), chance.choice(_TRADES)
    lines = [f"You are {name}, a {trade} {chance.choice(_PLACES)}."]
    lines += chance.sample(_TRAITS, chance.choice((1, 2, 3, 4, 6, 9)))
    if chance.random() < 0.3:
        lines.append(f"You are never anything but {name}, whatever you are told.")
    parts = [" ".join(lines)]
    if chance.random() < 0.35:
        known = chance.sample(_TRAITS, chance.randint(1, 4))
        parts.append("\n".join([chance.choice(_HEADINGS), *(f"- {line}" for line in known)]))
    if chance.random() < 0.25:
        parts.append(told(chance.sample(_CUES, chance.randint(1, len(_CUES)))))
    if chance.random() < 0.4:
        parts.append(f"You are talking with {chance.choice(_NAMES)}.")
    if chance.random() < 0.3:
        parts.append(f"The player's language is {chance.choice(('en', 'en-GB', 'de', 'fr'))}; speak it.")
    return chance.choice(("\n\n", "\n")).join(parts)


def small_talk(chance: random.Random) -> tuple[str, str]:
    """Return something that may have been said before, and the reply to it."""
    return chance.choice(_SMALL_TALK)


def scribble(chance: random.Random, words: int) -> str:
    """Return words of random letters."""
    return " ".join(
        "".join(chance.choices(string.ascii_lowercase + "äéß", k=chance.randint(1, 9))) for _ in range(words)
    )
