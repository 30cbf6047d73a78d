"""What a session keeps from connection to connection: who may resume it, with which epoch, and which turn numbers are used up."""

from __future__ import annotations

import hashlib

import pytest

from loquent.wire.codec import decode, encode
from loquent.wire.frames import SERVER_FRAMES, Begin, Resume
from loquent.wire.outbox import Outbox
from loquent.wire.session import Session


def session_with(frames: int, window_bytes: int = 1 << 20) -> Session:
    """Return a session that has sent so many frames."""
    session = Session(Outbox(window_bytes))
    for turn in range(frames):
        session.outbox.put(Begin(0, 1, turn))
    session.outbox.flush()
    return session


def test_resuming_gives_what_the_client_has_not_processed() -> None:
    session = session_with(5)
    messages = session.resume(Resume(session.id, 1, 3))
    assert messages is not None
    assert list(decode(b"".join(messages), SERVER_FRAMES)) == [Begin(4, 1, 3), Begin(5, 1, 4)]


def test_resuming_with_everything_seen_gives_nothing_and_still_resumes() -> None:
    session = session_with(5)
    assert session.resume(Resume(session.id, 1, 5)) == []
    assert session.epoch == 2


def test_a_session_that_has_sent_nothing_can_be_resumed() -> None:
    session = session_with(0)
    assert session.resume(Resume(session.id, 1, 0)) == []


def test_what_the_client_has_processed_is_acknowledged_by_resuming() -> None:
    session = session_with(5)
    assert session.resume(Resume(session.id, 1, 3)) is not None
    assert session.outbox.can_resume(3)
    assert not session.outbox.can_resume(2)


def test_the_epoch_grows_by_one_with_each_resume_and_an_old_one_is_refused() -> None:
    """An old hello that arrives late doesn't take the session from the connection that has it now."""
    session = session_with(2)
    for epoch in range(1, 4):
        assert session.epoch == epoch
        assert session.resume(Resume(session.id, epoch, 1)) is not None
        session.heard()
        assert session.resume(Resume(session.id, epoch, 1)) is None
    assert session.epoch == 4


def test_a_welcome_that_was_lost_can_be_asked_for_again_until_the_client_is_heard() -> None:
    session = session_with(2)
    first = session.resume(Resume(session.id, 1, 1))
    assert session.resume(Resume(session.id, 1, 1)) == first
    assert session.epoch == 2, "the client that asked twice expects the epoch behind its own"
    session.heard()
    assert session.resume(Resume(session.id, 1, 1)) is None
    assert session.resume(Resume(session.id, 2, 1)) == first
    assert session.epoch == 3


def test_an_epoch_older_than_the_lost_welcome_is_refused() -> None:
    session = session_with(2)
    assert session.resume(Resume(session.id, 1, 1)) is not None
    session.heard()
    assert session.resume(Resume(session.id, 2, 1)) is not None
    assert session.resume(Resume(session.id, 1, 1)) is None


def test_the_name_in_the_log_gives_nothing_of_the_id_away() -> None:
    session = session_with(0)
    assert len(session.name) == 8
    assert session.name not in session.id
    assert session.name == hashlib.sha256(session.id.encode()).hexdigest()[:8]


HUGE = 2**53 - 1


@pytest.mark.parametrize(
    ("name", "epoch", "seq"),
    [
        (None, 0, 1),
        (None, 2, 1),
        (None, HUGE, 1),
        (None, 1, 4),
        (None, 1, HUGE),
        ("", 1, 1),
        ("x", 1, 1),
        ("Ünïcödé 你好 👍", 1, 1),
        ("\0", 1, 1),
        ("x" * 100_000, 1, 1),
    ],
    ids=["epoch 0", "epoch to come", "epoch huge", "seq to come", "seq huge", "empty", "x", "unicode", "nul", "long"],
)
def test_a_resume_that_is_refused_changes_nothing(name: str | None, epoch: int, seq: int) -> None:
    session = session_with(3)
    wanted = Resume(session.id if name is None else name, epoch, seq)
    assert session.resume(wanted) is None
    assert session.epoch == 1
    assert session.outbox.can_resume(0)
    assert session.resume(Resume(session.id, 1, 0)) == [session_with(3).outbox.replay(0)[0]]


def test_a_resume_beyond_the_window_is_refused() -> None:
    session = session_with(10, window_bytes=5 * len(encode(Begin(1, 1, 1))))
    assert session.resume(Resume(session.id, 1, 4)) is None
    messages = session.resume(Resume(session.id, 1, 5))
    assert messages is not None
    assert len(list(decode(messages[0], SERVER_FRAMES))) == 5


def test_ids_cant_be_guessed_and_fit_the_specification() -> None:
    ids = {session_with(0).id for _ in range(100)}
    assert len(ids) == 100
    assert {len(name) for name in ids} == {32}
    assert all(name.isascii() for name in ids)


def test_turns_count_upwards() -> None:
    session = session_with(0)
    assert [session.take_turn(turn) for turn in (1, 2, 2, 1, 7, 6, 2**32 - 1, 2**32 - 1)] == [
        True,
        True,
        False,
        False,
        True,
        False,
        True,
        False,
    ]


def test_the_first_turn_may_be_0() -> None:
    """It's a u32, and greater than every one used before."""
    session = session_with(0)
    assert session.take_turn(0)
    assert not session.take_turn(0)
    assert session.take_turn(1)
