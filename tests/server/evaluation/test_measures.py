"""The measures, against values computed by hand; and where there is nothing to measure."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from loquent.evaluation.attempts import Attempt, Run, Turn
from loquent.evaluation.checks import Checks
from loquent.evaluation.measures import NO_ANSWER, figure_names, measure
from loquent.evaluation.suite import Suite
from loquent.wire.frames import Usage
from support.evaluations import asked, decided, failed, replied, run_of, said


def measured(*attempts: Attempt) -> dict[str, Any]:
    """Measure a run, and see that what comes of it can stand in a report, with the figures that were announced."""
    run = run_of(*attempts)
    result = measure(run)
    json.dumps(result, allow_nan=False)
    assert list(result["figures"]) == figure_names(run.suite)
    return result


def four() -> list[Attempt]:
    """Return three right answers and a wrong one: yes yes yes no, of which the last yes is taken for no."""
    return [
        decided(asked("yes", "1"), 0.9, 0.1),
        decided(asked("yes", "2"), 0.6, 0.4),
        decided(asked("yes", "3"), 0.2, 0.8),
        decided(asked("no", "4"), 0.3, 0.7),
    ]


def test_choices() -> None:
    choices = measured(*four())["choices"]
    (group,) = choices["groups"]
    assert choices["accuracy"] == group["accuracy"]
    assert (group["accuracy"]["share"], group["accuracy"]["n"]) == (0.75, 4)
    # yes: precision 2/2, recall 2/3; no: precision 1/2, recall 1/1.
    assert group["macro"]["precision"] == pytest.approx((1 + 1 / 2) / 2)
    assert group["macro"]["recall"] == pytest.approx((2 / 3 + 1) / 2)
    assert group["macro"]["f1"] == pytest.approx((4 / 5 + 2 / 3) / 2)
    low, high = group["macro"]["f1_interval"]
    assert low < group["macro"]["f1"] < high
    assert group["confusion"]["counts"] == [[2, 1, 0], [0, 1, 0]]
    assert group["confusion"]["columns"] == ["yes", "no", NO_ANSWER]
    assert group["baseline"] == {"most_common": 0.75, "option": "yes", "chance": 0.5}
    assert [each["n"] for each in group["per_option"]] == [3, 1]


def test_calibration() -> None:
    calibration = measured(*four())["choices"]["groups"][0]["calibration"]
    briers = [0.01 + 0.01, 0.16 + 0.16, 0.64 + 0.64, 0.09 + 0.09]
    assert calibration["brier"] == pytest.approx(sum(briers) / 4)
    assert calibration["log_loss"] == pytest.approx(-sum(map(math.log, (0.9, 0.6, 0.2, 0.7))) / 4)
    assert (calibration["brier_guess"], calibration["log_loss_guess"]) == (0.5, pytest.approx(math.log(2)))
    bins = [
        (each["from"], each["confidence"], each["right"]["share"], each["right"]["n"]) for each in calibration["bins"]
    ]
    assert bins == [(0.6, pytest.approx(0.65), 1.0, 2), (0.8, pytest.approx(0.85), 0.5, 2)]


def test_a_probability_of_nothing_has_a_log_loss_still() -> None:
    calibration = measured(decided(asked("yes", "1"), 0.0, 1.0))["choices"]["groups"][0]["calibration"]
    assert calibration["log_loss"] == pytest.approx(-math.log(1e-6))


def test_no_answer_is_a_wrong_one() -> None:
    result = measured(*four()[:2], failed(asked("no", "5")), failed(asked("no", "6"), "timed_out"))
    (group,) = result["choices"]["groups"]
    assert (group["accuracy"]["share"], group["macro"]["recall"]) == (0.5, 0.5)
    assert group["confusion"]["counts"] == [[2, 0, 0], [0, 0, 2]]
    assert group["calibration"]["n"] == 2
    assert (result["answered"]["share"], result["answered"]["n"]) == (0.5, 4)
    assert result["answered"]["faults"] == {"engine_failed": 1, "timed_out": 1}


def test_all_fail() -> None:
    result = measured(failed(asked("no", "5")), failed(said("Hello")))
    assert result["choices"]["accuracy"]["share"] == 0.0
    assert result["choices"]["groups"][0]["calibration"]["n"] == 0
    assert (result["replies"]["passed"]["share"], result["replies"]["passed"]["n"]) == (0.0, 1)
    assert result["efficiency"]["first_text_seconds"]["n"] == 0
    assert result["figures"]["answered"] == {"value": 0.0, "n": 2}


def test_one_option_that_is_always_right() -> None:
    (group,) = measured(*[decided(asked("yes", str(n)), 0.9, 0.1) for n in range(5)])["choices"]["groups"]
    assert (group["macro"]["f1"], group["macro"]["f1_interval"], group["accuracy"]["share"]) == (1.0, [1.0, 1.0], 1.0)
    assert [each["option"] for each in group["per_option"]] == ["yes"], "what is never right isn't averaged in"


def test_options_in_another_order_are_the_same_options() -> None:
    swapped = asked("no", "2", options=("no", "yes"))
    (group,) = measured(decided(asked("yes", "1"), 0.9, 0.1), decided(swapped, 0.8, 0.2))["choices"]["groups"]
    assert group["confusion"]["counts"] == [[1, 0, 0], [0, 1, 0]]


def test_each_case_may_have_options_of_its_own() -> None:
    door = asked("door", "1", options=("door", "fire"))
    stairs = asked("stairs", "2", options=("fire", "stairs", "moon", "sun"))
    (group,) = measured(decided(door, 0.5, 0.5), decided(stairs, 0.7, 0.1, 0.1, 0.1))["choices"]["groups"]
    assert group["options"] == ["door", "fire", "stairs", "moon", "sun"]
    assert group["confusion"]["counts"][2] == [0, 1, 0, 0, 0, 0]
    assert group["baseline"]["chance"] == pytest.approx((1 / 2 + 1 / 4) / 2)
    assert group["calibration"]["brier_guess"] == pytest.approx((1 / 2 + 3 / 4) / 2)
    assert group["calibration"]["log_loss_guess"] == pytest.approx((math.log(2) + math.log(4)) / 2)


def test_questions_are_measured_apart_and_averaged() -> None:
    other = [asked("a", "x", name="other", options=("a", "b")), asked("b", "y", name="other", options=("a", "b"))]
    choices = measured(*four(), decided(other[0], 1.0, 0.0), decided(other[1], 0.0, 1.0))["choices"]
    assert [(group["name"], group["n"]) for group in choices["groups"]] == [("decision", 4), ("other", 2)]
    assert choices["accuracy"]["share"] == pytest.approx(5 / 6)
    assert choices["macro"]["f1"] == pytest.approx(((4 / 5 + 2 / 3) / 2 + 1) / 2)


def test_nothing_was_asked() -> None:
    case = said("Hello")
    suite = Suite("toy", run_of(failed(case)).suite.path, "", "", "guard", run_of(failed(case)).suite.player, (case,))
    result = measure(Run(suite, [], 1, 0.0, "it was interrupted"))
    json.dumps(result, allow_nan=False)
    assert result["answered"]["share"] is None
    assert result["choices"]["accuracy"] == {"share": None, "n": 0, "interval": None}
    assert result["figures"] == {"answered": {"value": None, "n": 0}}


def test_replies() -> None:
    short = Checks(contains_any=("good",), max_words=2)
    result = measured(
        replied(said("1", short), "good"),
        replied(said("2", short), "good and long"),
        replied(said("3", short, name="other"), "bad"),
        failed(said("4", short, name="other")),
    )["replies"]
    assert (result["passed"]["share"], result["passed"]["n"]) == (0.25, 4)
    assert (result["checks"]["contains_any"]["share"], result["checks"]["max_words"]["share"]) == (0.5, 0.5)
    assert [(group["name"], group["passed"]["share"]) for group in result["groups"]] == [("reply", 0.5), ("other", 0.0)]


def test_what_cannot_be_judged_is_not_counted() -> None:
    case = said("1", Checks(language="de"))
    unjudged = Attempt(case, 0, turns=[Turn("1", "Ja.", total=1.0)], judged={"language": None})
    result = measured(unjudged)["replies"]
    assert result["passed"] == {"share": None, "n": 0, "interval": None, "unjudged": 1}


def test_repetitions_are_one_case() -> None:
    """Asked ten times, a case is still one: its n is 1, and what it comes to is the mean."""
    case, reply = asked("yes", "1", repeat=3), said("2", repeat=4)
    result = measured(
        decided(case, 0.9, 0.1, number=0),
        decided(case, 0.8, 0.2, number=1),
        decided(case, 0.1, 0.9, number=2),
        *[replied(reply, text, number) for number, text in enumerate(["good", "good", "good one", "bad"])],
    )
    assert result["choices"]["accuracy"]["n"] == 1
    assert result["choices"]["accuracy"]["share"] == 1.0, "the mean is 0.6 for yes"
    assert (result["replies"]["passed"]["share"], result["replies"]["passed"]["n"]) == (0.75, 1)
    stability = result["stability"]
    assert (stability["cases"], stability["attempts"]) == (2, 7)
    assert stability["agreement"]["choices"] == {"share": pytest.approx(2 / 3), "n": 1}
    assert stability["agreement"]["replies"] == {"share": 0.75, "n": 1}
    assert stability["probability_spread"]["mean"] == pytest.approx(0.43589, abs=1e-5)  # of 0.9, 0.8, 0.1
    assert stability["distinct_replies"] == {"share": 0.75, "n": 1}


def test_a_repetition_that_fails_counts_against_stability() -> None:
    reply = said("2", repeat=2)
    stability = measured(replied(reply, "good"), failed(reply, number=1))["stability"]
    assert stability["agreement"]["replies"] == {"share": 0.5, "n": 1}


def test_speed_is_that_of_the_first_attempts() -> None:
    case = said("1", repeat=2)
    speed = measured(
        replied(case, "good", 0, first=0.5, gaps=[(0.1, 1), (0.6, 3)]),
        replied(case, "good", 1, first=9.0, gaps=[(9.0, 1)]),
        decided(asked("yes", "q"), 0.9, 0.1, seconds=0.25),
    )["efficiency"]
    assert speed["first_text_seconds"] == {"n": 1, "p50": 0.5, "p95": None, "p99": None, "most": 0.5}
    assert speed["token_gap_seconds"]["n"] == 4, "three tokens that come together share their gap"
    assert speed["token_gap_seconds"]["p50"] == pytest.approx(0.2)
    assert speed["tokens_per_second"]["p50"] == pytest.approx(4 / 0.7)
    assert speed["decision_seconds"]["p50"] == 0.25
    assert speed["cached"]["first_turns"] == {"share": 0.8, "n": 1, "prompt_tokens": 100}
    assert speed["cached"]["later_turns"]["share"] is None


def test_the_cache_of_later_turns_is_counted_apart() -> None:
    attempt = replied(said("1"), "good")
    second = Turn("more", "good", first=0.1, total=0.2, usage=Usage(prompt_tokens=300, cached_tokens=270))
    attempt.turns.append(second)
    cached = measured(attempt)["efficiency"]["cached"]
    assert (cached["first_turns"]["share"], cached["later_turns"]["share"]) == (0.8, 0.9)


def test_a_greeting_that_took_no_model_says_nothing_of_its_speed() -> None:
    greeting = replied(said(""), "good", first=0.001)
    greeting.turns[0].usage = Usage(prompt_tokens=0, cached_tokens=0, reply_tokens=0)
    unprompted = replied(said("", Checks(max_words=9)), "good", first=0.7)
    speed = measured(greeting, unprompted)["efficiency"]
    assert (speed["first_text_seconds"]["n"], speed["first_text_seconds"]["p50"], speed["replies"]) == (1, 0.7, 1)
    assert speed["cached"]["first_turns"]["n"] == 1
