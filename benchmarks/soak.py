"""Many clients do what players and networks do, for hours: the laws hold all the time, and the server's memory doesn't grow.

A server with a scripted engine, in a process of its own, and clients that say, interrupt, lose their connections at any byte and
resume, stall, go silent, leave without a word, close, and send nonsense, each as the chance of the seed has it. Every reply must arrive
whole and once, or its client must have been told why not. Once a second the server's memory, open files and sessions are noted; at the
end everybody leaves, and nothing may be left behind.

    make soak ARGS="--minutes 60"

It writes build/soak/soak.csv, soak.png and server.log, prints the curve, and returns 1 if a law was broken or memory grew.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import math
import random
import sys
import time
from collections import Counter
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path
from typing import Any

from loquent.client import Client, ClientError, FaultError, Reconnect, Reply
from support.proxy import Proxy
from support.running import bare
from support.scripted_server import LONG, ScriptedServer

_HOW = Reconnect(first_seconds=0.05, most_seconds=0.5)
_GRACE_SECONDS = 5.0
_BEAT_SECONDS = 0.5
_LOST = "doesn't have its session any more"
_LEAST_MINUTES = 10
"""A server's first minutes are no measure of how its memory grows."""
_SETTINGS: dict[str, Any] = {
    "grace_seconds": _GRACE_SECONDS,
    "beat_seconds": _BEAT_SECONDS,
    "ping_seconds": 2,
    "pending_bytes": 100_000,
    "window_bytes": 100_000,
    "running_turns": 100_000,
    "connections": 5000,
    "most_reply_tokens": 100_000,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen of the server at a time."""

    seconds: float
    rss_mib: float
    files: int
    connected: int
    waiting: int
    turns: int
    pending_kib: float
    window_kib: float


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    samples: list[Sample] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    """How often what was done, and what came of the replies."""
    broken: list[str] = field(default_factory=list)
    """Laws that were broken."""
    log: list[str] = field(default_factory=list)
    """What the server has printed."""
    growth: float = 0.0
    """MiB of memory an hour, after the first third: the slope of the line that fits best."""

    def may_pass(self, most: float) -> bool:
        """Whether no law was broken and memory grew by no more than so many MiB an hour."""
        return not self.broken and self.growth <= most


class Player:
    """One client after the other, each for a few replies."""

    def __init__(self, server: ScriptedServer, seed: str, outcome: Outcome) -> None:
        self._server = server
        self._chance = random.Random(seed)
        self._outcome = outcome
        self._port = int(server.url.rpartition(":")[2])

    async def play(self, until: float) -> None:
        """Play until that time."""
        while time.monotonic() < until:
            try:
                if self._chance.random() < 0.03:
                    await self._send_nonsense()
                else:
                    await self._session(until)
            except Exception as error:  # noqa: BLE001 - whatever it is, it's a law that was broken
                self._outcome.broken.append(repr(error))
                await asyncio.sleep(1)

    async def _session(self, until: float) -> None:
        """Connect, have some replies, and leave."""
        did = self._outcome.did
        async with Proxy(self._port) as proxy:
            client = await Client.connect(proxy.url, reconnect=_HOW)
            try:
                conversation, _ = await client.open("guard")
                for _ in range(self._chance.randrange(1, 12)):
                    if time.monotonic() >= until:
                        break
                    await self._reply(client, conversation, proxy)
                    if self._chance.random() < 0.2:
                        await client.close_conversation(conversation)
                        conversation, _ = await client.open("innkeeper")
            except ClientError as error:
                self._judge_loss(error)
            finally:
                did["resumed"] += client.resumes
                if self._chance.random() < 0.2:
                    did["left without a word"] += 1
                    proxy.cut(reset=self._chance.random() < 0.5)
                    await proxy.refuse()
                with contextlib.suppress(ClientError):
                    await client.close()

    def _judge_loss(self, error: ClientError) -> None:
        """A session may be lost to those who read nothing for too long, and to nobody else."""
        if _LOST in str(error) and self._stalled:
            self._outcome.did["lost its session after a long stall"] += 1
        else:
            self._outcome.broken.append(f"a session was lost: {error}")

    async def _reply(self, client: Client, conversation: int, proxy: Proxy) -> None:
        """Have a reply, and let something happen meanwhile."""
        chance, did = self._chance, self._outcome.did
        what = chance.choices(
            ["nothing", "interrupt", "cut", "cut twice", "stall", "silence", "slow", "flood"],
            [30, 15, 20, 5, 10, 3, 5, 2],
        )[0]
        did[what] += 1
        self._stalled = what == "flood"
        reply = await client.say(conversation, LONG if what == "flood" else "Go on")
        link = proxy.link
        stop_at = chance.randrange(1, len(self._server.reply)) if what == "interrupt" else None
        match what:
            case "cut" | "cut twice":
                way = link.down if chance.random() < 0.8 else link.up
                way.cut_after(chance.randrange(1500), reset=chance.random() < 0.5)
                if what == "cut twice":
                    again = [chance.randrange(1500)]
                    proxy.on_link = lambda link: link.down.cut_after(again.pop()) if again else None
            case "stall":
                link.down.stall()
                asyncio.get_running_loop().call_later(chance.random(), link.down.flow)
            case "slow":
                link.down.bytes_per_second = chance.uniform(2000, 20_000)
            case "silence":
                link.half_open()
            case "flood":
                link.down.stall()
                asyncio.get_running_loop().call_later(chance.uniform(0.5, 3), link.down.flow)
        await self._listen(client, reply, stop_at, flooded=what == "flood")
        link.down.bytes_per_second = None

    async def _listen(self, client: Client, reply: Reply, stop_at: int | None, *, flooded: bool) -> None:
        """Read a reply to its end, and check it."""
        wanted = self._server.reply
        try:
            async with asyncio.timeout(120):
                async for _ in reply:
                    if flooded:
                        if len(reply.text) > 200_000:
                            await reply.cancel()
                        continue
                    if not wanted.startswith(reply.text):
                        self._outcome.broken.append(f"not what was said: {reply.text[-80:]!r}")
                    if stop_at is not None and len(reply.text) >= stop_at:
                        await reply.cancel()
                        stop_at = None
        except TimeoutError:
            self._outcome.broken.append("a reply never ended")
            raise ClientError("a reply never ended") from None
        except FaultError as fault:
            self._outcome.broken.append(f"a fault: {fault.fault.code}: {fault}")
            return
        assert reply.end is not None
        self._outcome.did[f"reply: {reply.end.reason}"] += 1
        if reply.end.reason == "stop" and not flooded and reply.text != wanted and not reply._cancelled:
            self._outcome.broken.append(f"a reply isn't whole: {len(reply.text)} of {len(wanted)} characters")

    async def _send_nonsense(self) -> None:
        """Send bytes by chance, with a hello before them or without."""
        self._outcome.did["nonsense"] += 1
        async with bare(self._server.url, hello=self._chance.random() < 0.5, ping_interval=None) as client:
            with contextlib.suppress(Exception):
                for _ in range(10):
                    await client.socket.send(self._chance.randbytes(self._chance.randrange(200)))
                    await asyncio.sleep(0.01)


async def soak(seconds: float, clients: int, seed: int, outcome: Outcome, report: bool = False) -> None:
    """Play for so long, with so many clients at once."""
    server = ScriptedServer(words=40, pace=40, **_SETTINGS)
    try:
        before = await server.idle()
        start = time.monotonic()
        looking = asyncio.create_task(_look(server, start, outcome, report))
        players = [Player(server, f"{seed}/{number}", outcome) for number in range(clients)]
        await asyncio.gather(*[player.play(start + seconds) for player in players])
        looking.cancel()
        await _check_that_nothing_is_left(server, before, outcome)
    finally:
        status = server.stop()
        outcome.log = server.lines
        if status:
            outcome.broken.append(f"the server ended with {status}")
        for at, line in enumerate(server.lines):
            if "Traceback" in line:
                outcome.broken.append("the server made a mistake:\n" + "".join(server.lines[max(0, at - 2) : at + 40]))
    outcome.growth = growth(outcome.samples)


async def _look(server: ScriptedServer, start: float, outcome: Outcome, report: bool) -> None:
    while True:
        metrics = await server.metrics()
        outcome.samples.append(
            Sample(
                round(time.monotonic() - start, 1),
                round(metrics["process_resident_memory_bytes"] / 2**20, 2),
                round(metrics["process_open_fds"]),
                round(metrics['loquent_sessions{state="connected"}']),
                round(metrics['loquent_sessions{state="waiting"}']),
                round(metrics["loquent_turns_running"]),
                round(metrics["loquent_pending_bytes"] / 2**10, 1),
                round(metrics["loquent_replay_window_bytes"] / 2**10, 1),
            )
        )
        if report and len(outcome.samples) % 60 == 0:
            print(outcome.samples[-1], dict(outcome.did), flush=True)
        await asyncio.sleep(1)


async def _check_that_nothing_is_left(server: ScriptedServer, before: dict[str, float], outcome: Outcome) -> None:
    try:
        after = await server.idle(seconds=_GRACE_SECONDS + 30)
    except AssertionError as error:
        outcome.broken.append(str(error))
        return
    for name in ("process_open_fds", "loquent_replay_window_bytes"):
        if after[name] > before[name]:
            outcome.broken.append(f"{name} is {after[name]:g} at the end and was {before[name]:g}")


def growth(samples: list[Sample]) -> float:
    """Return the slope of the server's memory, in MiB an hour, after the first third."""
    kept = samples[len(samples) // 3 :]
    if len(kept) < 2:
        return 0.0
    middle = sum(sample.seconds for sample in kept) / len(kept)
    mean = sum(sample.rss_mib for sample in kept) / len(kept)
    spread = sum((sample.seconds - middle) ** 2 for sample in kept)
    return 3600 * sum((s.seconds - middle) * (s.rss_mib - mean) for s in kept) / spread


# --- what is shown ------------------------------------------------------------------------------------------------------


def curve(samples: list[Sample], columns: int = 60, rows: int = 12) -> str:
    """Return the memory curve, drawn with characters: each column the most of its time."""
    if not samples:
        return ""
    least, most = 0.0, max(sample.rss_mib for sample in samples)
    size = max(1, -(-len(samples) // columns))
    bars = [max(s.rss_mib for s in samples[at : at + size]) for at in range(0, len(samples), size)]
    lines = []
    for row in range(rows, 0, -1):
        level = least + (most - least) * (row - 0.5) / rows
        lines.append(f"{most * row / rows:7.1f} MiB |" + "".join("#" if bar >= level else " " for bar in bars))
    lines.append(" " * 12 + "+" + "-" * len(bars) + f" {samples[-1].seconds / 60:.1f} min")
    return "\n".join(lines)


def picture(samples: list[Sample], path: Path) -> None:
    """Draw memory (black, MiB), open files (blue) and sessions that wait (red) over time."""
    from PIL import Image, ImageDraw

    width, height, edge = 1000, 420, 50
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    last = max(samples[-1].seconds, 1)
    for name, colour in (("rss_mib", "black"), ("files", "blue"), ("waiting", "red")):
        values = [float(getattr(sample, name)) for sample in samples]
        most = max(*values, 1.0)
        points = [
            (edge + (width - 2 * edge) * s.seconds / last, height - edge - (height - 2 * edge) * v / most)
            for s, v in zip(samples, values, strict=True)
        ]
        draw.line(points, fill=colour, width=2)
        draw.text(
            (edge + 220 * ("rss_mib", "files", "waiting").index(name), 15), f"{name}: up to {most:g}", fill=colour
        )
    draw.line([(edge, edge), (edge, height - edge), (width - edge, height - edge)], fill="gray")
    draw.text((width - 3 * edge, height - edge + 10), f"{last / 60:.1f} minutes", fill="gray")
    image.save(path)


def write(outcome: Outcome, folder: Path) -> None:
    """Write the samples, their picture and the server's log."""
    samples = outcome.samples
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "server.log").write_text("".join(outcome.log), encoding="utf-8")
    with (folder / "soak.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(each.name for each in fields(Sample))
        rows.writerows(map(astuple, samples))
    picture(samples, folder / "soak.png")


def main() -> int:
    """Run the command; returns 1 if a law was broken or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--clients", type=int, default=40, help="at once (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-growth", type=float, default=12, help="MiB of memory an hour (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path("build/soak"), help="where to write (default: %(default)s)")
    options = parser.parse_args()
    outcome = Outcome()
    try:
        asyncio.run(soak(options.minutes * 60, options.clients, options.seed, outcome, report=True))
    finally:
        if outcome.samples:
            write(outcome, options.folder)
            print(curve(outcome.samples))
        print(", ".join(f"{name} {count}" for name, count in sorted(outcome.did.items())))
        for why, count in Counter(outcome.broken).most_common(20):
            print(f"BROKEN {count} times: {why}")
    long_enough = options.minutes >= _LEAST_MINUTES
    passed = outcome.may_pass(options.most_growth if long_enough else math.inf)
    verdict = "all laws held" if not outcome.broken else f"{len(outcome.broken)} laws were broken"
    short = "" if long_enough else f", which says nothing in less than {_LEAST_MINUTES} minutes"
    print(f"{verdict}; memory grew by {outcome.growth:.1f} MiB an hour{short}: {'passed' if passed else 'FAILED'}.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
