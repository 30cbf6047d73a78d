"""What can be set about a server: each with its unit, its default and the reason for it.

This is the one place where a setting is declared. Its name is its key in the file, ``LOQUENT_`` and the name in capitals its
environment variable, and with dashes its flag; the help, the documentation and ``--print-settings`` are made from what stands here.
What reads them is ``configuration``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

LARGEST: Final = 1 << 40
"""The largest number that any setting takes: it has no use beyond, and in milliseconds it still fits into a frame's uint."""

NO_MEMORY: Final = Path("none")
"""What stands in `Settings.memory` to keep it only while the server runs."""


def _setting(
    default: Any,
    why: str,
    *,
    group: str,
    unit: str = "",
    least: float | None = None,
    most: float = LARGEST,
    choices: tuple[str, ...] = (),
    form: tuple[str, str] | None = None,
    or_path: bool = False,
    flags: tuple[str, ...] = (),
) -> Any:
    """Declare a setting.

    Args:
        default: its value unless told.
        why: what it's for, and the reason for its default: a sentence or two.
        group: the heading it stands under.
        unit: what a number counts.
        least: the smallest number that can be used.
        most: the largest.
        choices: the texts that it can be, where they are few; of a path, words that aren't one.
        form: what a text must look like: a regular expression, and the same in words.
        or_path: whether a text that begins like a path (./ ../ ~) is one.
        flags: its flags, where they aren't just its name with dashes. `--` means what stands behind it.
    """
    numbers = {"unit": unit, "least": least, "most": most}
    texts = {"choices": choices, "form": form, "or_path": or_path}
    return field(default=default, metadata={"why": why, "group": group, "flags": flags, **numbers, **texts})


_WHERE = "Where it listens"
_MODEL = "What replies"
_ACCESS = "Who may come in"
_SIZES = "How large things may be"
_MEMORY = "What is remembered"
_AMOUNTS = "How much at once"
_TIMES = "How long things may take"
_LOOKS = "What can be seen of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a server."""

    host: str = _setting(
        "127.0.0.1",
        "Address to listen on: this machine only, unless told. 0.0.0.0 for all its addresses, which needs tokens.",
        group=_WHERE,
    )
    port: int = _setting(8765, "TCP port; 0 for any that is free.", group=_WHERE, least=0, most=65_535)

    engine: str = _setting(
        "vllm",
        "What replies: vllm for a language model, scripted for a script that needs no model.",
        group=_MODEL,
        choices=("vllm", "scripted"),
    )
    model: str | None = _setting(
        None,
        "Hub name or folder of the model. Without it, on a GPU Qwen/Qwen3-1.7B from the hub, else the embedded "
        "SmolLM2-135M-Instruct.",
        group=_MODEL,
        or_path=True,
    )
    vllm_arguments: tuple[str, ...] = _setting(
        (),
        "vLLM's own engine arguments, unchanged; on the command line they stand behind --.",
        group=_MODEL,
        flags=("--",),
    )
    embeddings: str | None = _setting(
        None,
        "Hub name or folder of the embedding model, by which characters recall what was said long ago; none turns that off. Without it, "
        "beside a real model and with a memory, all-MiniLM-L6-v2: the embedded one, or on a GPU where that isn't installed, the hub's.",
        group=_MODEL,
        or_path=True,
    )
    recognition: str | None = _setting(
        None,
        "Hub name or folder of a CLIP or SigLIP model, which then tells what pictures show in decisions where the model that replies sees "
        "nothing. Without it there is none.",
        group=_MODEL,
        or_path=True,
    )
    characters: Path | None = _setting(None, "Folder with character files. Without it, the shipped ones.", group=_MODEL)
    engine_restarts: int = _setting(
        5,
        "So often an engine that died is started again within engine_restart_seconds; then the server gives up and exits "
        "with status 1. An engine that dies that often won't be well by itself. The same goes for embeddings and recognition, but "
        "without them the server goes on.",
        group=_MODEL,
        unit="count",
        least=0,
    )
    engine_restart_seconds: float = _setting(
        600.0, "The time in which engine_restarts counts.", group=_MODEL, unit="seconds", least=1
    )

    tokens: Path | None = _setting(
        None,
        "File with the tokens of those who may connect; `loquent token NAME` makes one. Read again when it changes.",
        group=_ACCESS,
    )
    allow_anonymous: bool = _setting(
        False,
        "Listen on other addresses than this machine's own although there are no tokens. Whoever reaches the port then uses "
        "the model.",
        group=_ACCESS,
    )
    certificate: Path | None = _setting(
        None, "TLS certificate chain, PEM: clients then connect to wss://. Read again when it changes.", group=_ACCESS
    )
    certificate_key: Path | None = _setting(
        None,
        "The certificate's private key, PEM, without a password. Not needed where it stands in the certificate's own file.",
        group=_ACCESS,
    )
    origins: tuple[str, ...] = _setting(
        (),
        "Web pages that may connect, by their origin, such as https://game.example. Browsers let any page connect to any "
        "server, this machine's too, and say from where; programs say nothing, and may.",
        group=_ACCESS,
        form=(
            r"(?!https://.*:443$|http://.*:80$)[a-z][a-z0-9+.-]*://[a-z0-9._\[\]:-]+|null",
            "an origin as browsers send it, such as https://game.example: in small letters, with no path, no * and no usual port",
        ),
        flags=("--origins", "--allow-origin"),
    )

    message_bytes: int = _setting(
        1 << 20,
        "Largest message taken. A say of text is a few hundred bytes. A connection whose messages aren't acted on as fast as they come "
        "can make the server hold seven times this. A message of more than twice this size closes the connection (1009).",
        group=_SIZES,
        unit="bytes",
        least=1 << 10,
    )
    decision_options: int = _setting(
        64,
        "Options that a decide may have. Each costs the model some work, and the more there are, the less their probabilities mean.",
        group=_SIZES,
        unit="count",
        least=2,
        most=1024,
    )
    decision_option_bytes: int = _setting(
        256, "Longest option of a decide: a few words.", group=_SIZES, unit="bytes of UTF-8", least=1, most=4096
    )
    text_bytes: int = _setting(
        16_384,
        "Longest thing a player may say, in UTF-8: about 4,000 tokens, more than most models' contexts leave room for.",
        group=_SIZES,
        unit="bytes",
        least=1,
    )
    option_bytes: int = _setting(
        128,
        "Longest text option of open, in UTF-8. They are names, and are kept with the history.",
        group=_SIZES,
        unit="bytes",
        least=1,
    )
    images: int = _setting(
        2,
        "Pictures in one say or decide; 0 for none. Each costs the model several hundred tokens, and the server 4 MiB while its "
        "turn runs.",
        group=_SIZES,
        unit="count",
        least=0,
    )
    image_bytes: int = _setting(
        1 << 19,
        "Largest picture taken, as a file. A JPEG of 1024 x 1024 has some 200 KiB, and all must fit into message_bytes.",
        group=_SIZES,
        unit="bytes",
        least=1,
    )
    image_pixels: int = _setting(
        1 << 24,
        "Largest picture taken, width times height, as its header says: checked before any pixel is decoded. Each costs up to 8 "
        "bytes while it's decoded; 16 in a WebP, which may have half as many.",
        group=_SIZES,
        unit="pixels",
        least=1,
    )
    image_side: int = _setting(
        1024,
        "Longer side of what the model gets to see; larger pictures are scaled down.",
        group=_SIZES,
        unit="pixels",
        least=16,
    )

    memory: Path | None = _setting(
        None,
        "File in which is kept what players and characters said; made if there is none. Without it, loquent/memory.sqlite3 in "
        "your folder for programs' data ($XDG_DATA_HOME, else ~/.local/share). none keeps it only while the server runs.",
        group=_MEMORY,
        choices=(str(NO_MEMORY),),
    )
    recall: int = _setting(
        2,
        "What was said long ago and is about the same as what a player says now comes back to the character's mind: so many exchanges "
        "at a time, at most; 0 for none. Each takes some 100 tokens of the context. Needs embeddings, and memory in a file.",
        group=_MEMORY,
        unit="count",
        least=0,
        most=20,
    )
    recall_similarity: float = _setting(
        0.36,
        "How alike two texts must be to count as being about the same: the cosine of their vectors. Measured for all-MiniLM-L6-v2; other "
        "embedding models want another, many of them a much higher one.",
        group=_MEMORY,
        least=0,
        most=1,
    )
    memory_days: float = _setting(
        0.0,
        "How long it's kept, from when it was said; 0 for ever: a character that forgets isn't what players expect. Set what "
        "your privacy notice says.",
        group=_MEMORY,
        unit="days",
        least=0,
        most=36_500,
    )

    connections: int = _setting(
        1000,
        "Open at once. An idle one costs some 40 KiB, with TLS 300, and a file descriptor.",
        group=_AMOUNTS,
        unit="count",
        least=1,
    )
    waiting_sessions: int = _setting(
        1000,
        "Sessions without a connection that are kept for their clients to come back; beyond it the one that has waited "
        "longest ends, of the token of which most wait. As many as connections: when a network fails, all of them wait at once.",
        group=_AMOUNTS,
        unit="count",
        least=0,
    )
    conversations: int = _setting(
        64,
        "Open at once in one session; a scene with more talking NPCs closes those that are far away.",
        group=_AMOUNTS,
        unit="count",
        least=1,
    )
    turns: int = _setting(
        32,
        "Running at once in one session, queued ones included, so that one game leaves room for the others.",
        group=_AMOUNTS,
        unit="count",
        least=1,
    )
    running_turns: int = _setting(
        128,
        "Running at once in the engine, of all sessions. Each more makes all of them slower; players notice below some 8 tokens "
        "a second.",
        group=_AMOUNTS,
        unit="count",
        least=1,
    )
    queued_turns: int = _setting(
        128,
        "Waiting for one of running_turns; beyond it a say is refused with `busy`. As many as run, so that who waits gets a place "
        "within about a reply's length.",
        group=_AMOUNTS,
        unit="count",
        least=0,
    )
    frames_per_second: float = _setting(
        100.0,
        "Of one connection, over a while; twice as many may come at once. Sixty NPCs that are all interrupted once a second "
        "make some 120. Beyond it what asks for work is refused with `busy`, and the rest is read more slowly.",
        group=_AMOUNTS,
        unit="frames per second",
        least=1,
    )
    reply_tokens: int = _setting(
        256,
        "Longest reply unless open asks otherwise; about 190 English words, more than a player wants to read at once.",
        group=_AMOUNTS,
        unit="tokens",
        least=1,
    )
    most_reply_tokens: int = _setting(
        2048,
        "Longest reply that open may ask for: some ten minutes of reading aloud, and a bound for how long a turn holds its place "
        "in the engine.",
        group=_AMOUNTS,
        unit="tokens",
        least=1,
    )
    pending_bytes: int = _setting(
        1 << 20,
        "Most that may wait for a client that doesn't read, or isn't there; beyond it its connection is cut and its session "
        "ends. The longest reply has some 10 KiB.",
        group=_AMOUNTS,
        unit="bytes",
        least=1 << 12,
    )
    window_bytes: int = _setting(
        1 << 20,
        "Most that is kept of what was sent and not acknowledged; what a client needs from before that can't be resumed. Some "
        "hundred of the longest replies; a client acknowledges at least every 64 frames. In memory it's up to twice as much, and once "
        "more while it's replayed.",
        group=_AMOUNTS,
        unit="bytes",
        least=0,
    )

    hello_seconds: float = _setting(
        10.0,
        "How long a connection may stay without a good hello; until then it holds one of the places in connections.",
        group=_TIMES,
        unit="seconds",
        least=0.01,
    )
    beat_seconds: float = _setting(
        10.0,
        "At least this often something is sent to each client, so that one that hears nothing for three times as long knows that "
        "its network is gone. 0 turns it off.",
        group=_TIMES,
        unit="seconds",
        least=0,
    )
    ping_seconds: float = _setting(
        20.0,
        "How often a client is pinged, and how long it may take to answer, or to take anything of what waits for it; one that is gone is "
        "noticed after both. 0 turns it off.",
        group=_TIMES,
        unit="seconds",
        least=0,
    )
    grace_seconds: float = _setting(
        60.0,
        "How long a session without a connection is kept, its turns running on, for its client to resume it. Wi-Fi comes back "
        "within seconds, a headset that was taken off within a minute.",
        group=_TIMES,
        unit="seconds",
        least=0,
    )
    queue_seconds: float = _setting(
        10.0,
        "How long a turn waits for its place in the engine before it ends with `busy`. Players who wait longer have walked "
        "away.",
        group=_TIMES,
        unit="seconds",
        least=0,
    )
    retry_seconds: float = _setting(
        2.0,
        "When a client that is refused should come back, where the server can't estimate it: about the length of a short reply.",
        group=_TIMES,
        unit="seconds",
        least=0.1,
    )
    drain_seconds: float = _setting(
        20.0,
        "How long running turns may take to finish when the server is told to stop. Orchestrators kill after 30 s unless told.",
        group=_TIMES,
        unit="seconds",
        least=0,
    )

    log_level: str = _setting(
        "warning",
        "What is logged, on standard error: this and what is graver.",
        group=_LOOKS,
        choices=("debug", "info", "warning", "error"),
    )
    log_format: str = _setting(
        "text", "text for people, json for machines: one object a line.", group=_LOOKS, choices=("text", "json")
    )
    log_texts: bool = _setting(
        False,
        "Also log what players say and what is replied, at level info. For finding faults on your own machine: it's what people "
        "said.",
        group=_LOOKS,
    )
    traces: str | None = _setting(
        None,
        "Send an OpenTelemetry span for each turn to this OTLP address, such as http://127.0.0.1:4318/v1/traces. Needs "
        "the extra `otel`.",
        group=_LOOKS,
        form=(r"https?://[^\s/]+(/\S*)?", "an address such as http://127.0.0.1:4318/v1/traces"),
    )
