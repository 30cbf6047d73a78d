"""A tiny suite asked of the real model: everything that a report promises is there. How good the model is, is no matter of tests."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from loquent.client import Client
from loquent.evaluation.command import ask_health
from loquent.evaluation.document import document, read_document
from loquent.evaluation.report import write_report
from loquent.evaluation.runner import run_suite
from loquent.evaluation.suite import load_suite
from support.server_process import ServerProcess

pytestmark = pytest.mark.model

SUITE = """
character = "innkeeper"
repeat = 2
[player]
max_tokens = 24
[[decision]]
name = "bed"
context = 'The traveller says: "Yes, I take the bed."'
question = "Does the traveller take the bed?"
options = ["yes", "no"]
answer = "yes"
[[decision]]
name = "bed"
say = "What is a bed?"
context = 'The traveller says: "No, never."'
answer = "no"
[[reply]]
say = ["Good evening! I am Odo.", "Who am I?"]
max_words = 40
[[reply]]
say = ""
cue = "wave"
"""


def test_a_tiny_suite(model_server: ServerProcess, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(SUITE, encoding="utf-8")
    suite = load_suite(str(tmp_path / "tiny.toml"))
    dial = partial(Client.connect, model_server.url)
    run = asyncio.run(run_suite(suite, dial, concurrency=2))
    server = {"url": model_server.url, **ask_health(model_server.url)}
    write_report(document(run, server=server, character_file=None), tmp_path)
    report = read_document(tmp_path)
    assert report["server"]["engine"] == "vllm"
    measures = report["measures"]
    assert (measures["answered"]["share"], measures["answered"]["n"], measures["answered"]["faults"]) == (1.0, 8, {})
    decided = [attempt for case in report["cases"][:2] for attempt in case["attempts"]]
    for attempt in decided:
        assert sum(attempt["probabilities"]) == pytest.approx(1, abs=1e-3)
        assert attempt["usage"]["prompt_tokens"] > 20
    (group,) = measures["choices"]["groups"]
    assert sum(map(sum, group["confusion"]["counts"])) == 2
    assert measures["stability"]["agreement"]["choices"]["n"] == 2
    greeting = report["cases"][3]["outcome"]
    assert greeting["checks"] == {"cue": 1.0}, "her greeting needs no model"
    speed = measures["efficiency"]
    assert speed["token_gap_seconds"]["n"] > 20
    assert speed["cached"]["later_turns"]["share"] > 0.5
    assert {path.name for path in tmp_path.glob("*.png")} == {"decision-1-bed.png", "reliability.png", "latency.png"}
