"""A report for people: Markdown, with pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

_SPECIAL: Final = re.compile(r"[\\`*_\[\]|~$<>&]|^[#+-]")
_NUMBERED: Final = re.compile(r"^(\d+)([.)])(?=\s|$)")
_ENTITIES: Final = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_LONGEST: Final = 220
_MOST_SHOWN: Final = 12
"""Replies that are shown in full, of those that failed."""

Rows = Iterable[Sequence[object]]


def render(document: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    """Write a report.

    Args:
        document: its data; see `document`.
        pictures: the names of the files of its pictures, by what they show.
    """
    measures = document["measures"]
    parts = [_head(document), _summary(measures)]
    parts += [_group(group, pictures) for group in measures["choices"]["groups"]]
    if "reliability" in pictures:
        parts.append(_reliability(pictures["reliability"]))
    if measures["replies"]["groups"]:
        parts.append(_replies(document))
    parts += [_speed(measures["efficiency"], pictures), _stability(measures["stability"])]
    parts += [_faults(document), _wrong(document), _about(document)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: object) -> str:
    """Make text of anybody's stand in a line of Markdown as it is: no markup, no HTML, no new cell, no new line."""
    line = " ".join(str(text).split())
    shown = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    marked = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), shown)
    return _NUMBERED.sub(r"\1\\\2", marked)


def table(head: Sequence[str], rows: Rows) -> str:
    """Write a table; its cells are Markdown already."""
    lines = [f"| {' | '.join(head)} |", f"|{'|'.join(' --- ' for _ in head)}|"]
    lines += [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join(lines)


def percent(share: float | None) -> str:
    """Write a share."""
    return "–" if share is None else f"{100 * share:.0f} %"


def within(interval: Sequence[float] | None) -> str:
    """Write an interval of shares."""
    return "–" if interval is None else f"{100 * interval[0]:.0f} to {100 * interval[1]:.0f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Write a number."""
    return "–" if value is None else f"{value:.{digits}f}"


# --- Its parts ----------------------------------------------------------------------------------------------------


def _head(document: Mapping[str, Any]) -> str:
    suite, server, run = document["suite"], document["server"], document["run"]
    name = escape(suite["name"])
    lines = [
        f"# {name}: {escape(document['character']['name'])} by {escape(server.get('model') or 'an unknown model')}"
    ]
    if suite["about"]:
        lines.append(escape(suite["about"]))
    lines.append(
        f"{run['attempts']} of {suite['attempts']} attempts at {suite['cases']} cases, in {run['seconds']:.0f} s, "
        f"{run['concurrency']} at a time; {escape(document['made'])}."
    )
    if run["stopped"]:
        lines.append(f"**Not everything was asked: {escape(run['stopped'])}.** The figures are of what was.")
    if run["unknown_cues"]:
        lines.append(
            f"**The suite wants cues that the character doesn't have: {escape(', '.join(run['unknown_cues']))}.**"
        )
    return "\n\n".join(lines)


def _summary(measures: Mapping[str, Any]) -> str:
    choices, replies, speed = measures["choices"], measures["replies"], measures["efficiency"]
    rows: list[Sequence[object]] = [_row("attempts that got what they asked for", measures["answered"])]
    if choices["groups"]:
        macro = choices["macro"]
        rows.append(_row("right choices (accuracy)", choices["accuracy"]))
        several = f", mean of {macro['groups']} questions" if macro["groups"] > 1 else ""
        rows.append((f"macro F1{several}", number(macro["f1"]), "", macro["n"]))
    if replies["groups"]:
        rows.append(_row("replies that pass all their checks", replies["passed"]))
    first = speed["first_text_seconds"]
    if first["n"]:
        rows.append(("first text of a reply, median", _ms(first["p50"]), "", first["n"]))
    decision = speed["decision_seconds"]
    if decision["n"]:
        rows.append(("decision, median", _ms(decision["p50"]), "", decision["n"]))
    lines = ["## In short", table(["figure", "value", "95 % interval", "n"], rows)]
    lines.append(
        "The interval is where the figure would lie, 95 times out of 100, with other cases of the same kind: the fewer cases, the wider."
    )
    return "\n\n".join(lines)


def _row(name: str, rate: Mapping[str, Any]) -> Sequence[object]:
    return (name, percent(rate["share"]), within(rate["interval"]), rate["n"])


def _group(group: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    kind, name = group["kind"], escape(group["name"])
    accuracy, base, macro, calibration = (group[key] for key in ("accuracy", "baseline", "macro", "calibration"))
    lines = [f"## {'Decision' if kind == 'decision' else 'Pictures'}: {name}"]
    lines.append(
        f"{percent(accuracy['share'])} right ({within(accuracy['interval'])}, n = {group['n']}). "
        f"Who always says *{escape(base['option'])}* gets {percent(base['most_common'])}, who guesses {percent(base['chance'])}. "
        f"Macro precision {number(macro['precision'])}, recall {number(macro['recall'])}, "
        f"F1 {number(macro['f1'])} ({number(macro['f1_interval'][0])} to {number(macro['f1_interval'][1])})."
    )
    lines.append(
        table(
            ["option", "precision", "recall", "F1", "n"],
            [
                (
                    escape(each["option"]),
                    number(each["precision"]),
                    number(each["recall"]),
                    number(each["f1"]),
                    each["n"],
                )
                for each in group["per_option"]
            ],
        )
    )
    if calibration["n"]:
        lines.append(
            f"Brier score {number(calibration['brier'])} (who gives all options the same: {number(calibration['brier_guess'])}), "
            f"log loss {number(calibration['log_loss'])} ({number(calibration['log_loss_guess'])}); smaller is better; "
            f"n = {calibration['n']}."
        )
    picture = pictures.get(f"{kind} {group['name']}")
    if picture:
        lines.append(f"![Which option was chosen where which was right]({picture})")
    return "\n\n".join(lines)


def _reliability(picture: str) -> str:
    return (
        "## Can its probabilities be believed?\n\n"
        "On the dashed line they can: of what it said with 80 %, 80 % was right. Below it, it's too sure of itself. "
        "The strokes are 95 % intervals.\n\n"
        f"![How often what was said with so much confidence was right]({picture})"
    )


def _replies(document: Mapping[str, Any]) -> str:
    replies = document["measures"]["replies"]
    rows: list[Sequence[object]] = [(*_row("all checks", replies["passed"]), replies["passed"]["unjudged"] or "")]
    rows += [(*_row(f"`{name}`", check), check["unjudged"] or "") for name, check in replies["checks"].items()]
    lines = ["## Replies", table(["check", "passed", "95 % interval", "n", "too short to tell"], rows)]
    if len(replies["groups"]) > 1:
        groups = [_row(escape(group["name"]), group["passed"]) for group in replies["groups"]]
        lines.append(table(["cases named", "passed", "95 % interval", "n"], groups))
    failed = [
        (case, attempt)
        for case in document["cases"]
        if case["kind"] == "reply"
        for attempt in case["attempts"]
        if attempt["judged"] is not None and False in attempt["judged"].values()
    ]
    if failed:
        shown = failed[:_MOST_SHOWN]
        lines.append(f"### What failed{f', {len(shown)} of {len(failed)}' if len(shown) < len(failed) else ''}")
        lines.append(table(["said", "reply", "failed"], [_failed(*each) for each in shown]))
    return "\n\n".join(lines)


def _failed(case: Mapping[str, Any], attempt: Mapping[str, Any]) -> Sequence[str]:
    turn = attempt["turns"][-1]
    cues = "".join(f" [{cue}]" for cue in turn["cues"])
    wrong = [
        f"`{name}`: {_wanted(case['checks'][name])}" for name, passed in attempt["judged"].items() if passed is False
    ]
    return escape(turn["said"] or "(speaks first)"), escape(turn["text"] + cues), "; ".join(wrong)


def _wanted(value: object) -> str:
    return escape(", ".join(map(str, value)) if isinstance(value, list | tuple) else value)


def _speed(speed: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
    kinds = {
        "first_text_seconds": ("from say to the first text", _ms),
        "token_gap_seconds": ("from token to token", _ms),
        "reply_seconds": ("from say to the reply's end", _ms),
        "decision_seconds": ("from a question to the decision", _ms),
        "tokens_per_second": ("tokens a second, per reply, after the first text", lambda value: number(value, 1)),
    }
    rows = [
        (name, show(speed[key]["p50"]), show(speed[key]["p95"]), show(speed[key]["p99"]), speed[key]["n"])
        for key, (name, show) in kinds.items()
        if speed[key]["n"]
    ]
    if not rows:
        return ""
    lines = ["## Speed", table(["", "median", "95 %", "99 %", "n"], rows)]
    at_once = speed["concurrency"]
    lines.append(
        (
            "One case at a time, so nothing waits for another. "
            if at_once == 1
            else f"**{at_once} cases at a time: they wait for each other.** "
        )
        + "Of each case's first attempt; later ones find their prompt computed already. 95 % need 20 values, 99 % need 100."
    )
    cached = [
        (name, percent(each["share"]), each["prompt_tokens"], each["n"])
        for name, each in (
            ("first turn of a conversation", speed["cached"]["first_turns"]),
            ("later turns", speed["cached"]["later_turns"]),
        )
        if each["n"]
    ]
    if cached:
        lines.append(table(["prompt from the cache", "share of its tokens", "tokens", "n"], cached))
    if "latency" in pictures:
        lines.append(f"![Which share came within which time]({pictures['latency']})")
    return "\n\n".join(lines)


def _stability(stability: Mapping[str, Any]) -> str:
    if not stability["cases"]:
        return ""
    chosen, passed = stability["agreement"]["choices"], stability["agreement"]["replies"]
    spread, distinct = stability["probability_spread"], stability["distinct_replies"]
    rows = [
        ("decisions: share that chose what most attempts at the case chose", percent(chosen["share"]), chosen["n"]),
        ("decisions: standard deviation of the probability, mean", number(spread["mean"], 3), spread["n"]),
        ("decisions: the same, most", number(spread["most"], 3), spread["n"]),
        ("replies: share that passed, or failed, as most attempts did", percent(passed["share"]), passed["n"]),
        ("replies: different ones among the attempts at a case", percent(distinct["share"]), distinct["n"]),
    ]
    lines = [
        "## Stability",
        f"{stability['cases']} cases were asked more than once, {stability['attempts']} times in all.",
    ]
    lines.append(table(["", "value", "cases"], [row for row in rows if row[2]]))
    return "\n\n".join(lines)


def _faults(document: Mapping[str, Any]) -> str:
    answered = document["measures"]["answered"]
    if not answered["faults"] and not answered["retries"]:
        return ""
    messages = {
        attempt["fault"]: attempt["message"]
        for case in document["cases"]
        for attempt in case["attempts"]
        if attempt["fault"] is not None
    }
    lines = ["## What went wrong"]
    if answered["faults"]:
        rows = [(escape(code), times, escape(messages[code])) for code, times in answered["faults"].items()]
        lines.append(table(["fault", "attempts", "the last of them"], rows))
    if answered["retries"]:
        lines.append(
            f"The server said {answered['retries']} times that it's full or not ready; it was asked again, which counts as no failure."
        )
    return "\n\n".join(lines)


def _wrong(document: Mapping[str, Any]) -> str:
    wrong = [case for case in document["cases"] if case["kind"] != "reply" and not case["outcome"]["right"]]
    if not wrong:
        return ""
    rows = []
    for case in wrong:
        outcome = case["outcome"]
        of = outcome["probabilities"]
        said = " · ".join(case["say"])
        rows.append(
            (
                escape(f"{said} · {case['question']}" if said else case["question"]),
                _with(case["answer"], case, of),
                _with(outcome["predicted"], case, of) if outcome["predicted"] is not None else "–",
            )
        )
    return "\n\n".join(["## Wrong choices", table(["question", "right", "chosen"], rows)])


def _with(option: str, case: Mapping[str, Any], probabilities: Sequence[float] | None) -> str:
    shown = f" {percent(probabilities[list(case['options']).index(option)])}" if probabilities else ""
    return f"{escape(option)}{shown}"


def _about(document: Mapping[str, Any]) -> str:
    server, machine, suite, character = (document[key] for key in ("server", "machine", "suite", "character"))
    gpus = ", ".join(machine["gpus"]) or "none"
    where = "on this machine, started for it" if server["own"] else escape(server["url"])
    rows = [
        ("model", escape(server.get("model") or "unknown")),
        ("engine", escape(server.get("engine") or "unknown")),
        ("recognition of pictures beside it", escape(server.get("recognition") or "unknown")),
        ("server", f"Loquent {escape(server.get('version') or 'unknown')}, {where}"),
        ("suite", f"{escape(suite['name'])}, SHA-256 `{suite['sha256'][:16]}`"),
        ("character", f"{escape(character['name'])}, SHA-256 {_digest(character['sha256'])}"),
        (
            "this machine",
            escape(f"{machine['processor']}, {machine['cores']} cores, {machine['memory_mib']} MiB, GPU: {gpus}"),
        ),
        ("system", escape(f"{machine['system']}, Python {machine['python']}")),
    ]
    return "\n\n".join(["## What was measured", table(["", ""], rows)])


def _digest(digest: str | None) -> str:
    return "unknown: its file is on the server" if digest is None else f"`{digest[:16]}`"


def _ms(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return f"{1000 * seconds:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
