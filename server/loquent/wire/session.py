"""What survives a lost connection: a session's name, its epoch, its outbox, and the turn numbers it has used."""

from __future__ import annotations

import secrets

from .frames import Resume
from .outbox import Outbox


class Session:
    """One client's session.

    Args:
        outbox: what goes to the client.
    """

    def __init__(self, outbox: Outbox) -> None:
        self.id = secrets.token_urlsafe(24)
        """192 random bits: whoever knows it may resume, so nobody may guess it."""
        self.epoch = 1
        """Grows by one with each resume."""
        self.outbox = outbox
        self._last_turn = -1

    def take_turn(self, turn: int) -> bool:
        """Use up a turn's number; false if it isn't greater than every earlier one."""
        if turn <= self._last_turn:
            return False
        self._last_turn = turn
        return True

    def resume(self, resume: Resume) -> list[bytes] | None:
        """Go on with this session on a new connection, whole or not at all.

        Returns:
            the messages to replay (none if the client has seen all), with the epoch advanced; or None if it can't be: another
            session or epoch, or frames that are no longer there.
        """
        same = secrets.compare_digest(resume.session.encode(), self.id.encode())
        if not same or resume.epoch != self.epoch or not self.outbox.can_resume(resume.seq):
            return None
        self.outbox.acknowledge(resume.seq)
        self.epoch += 1
        return self.outbox.replay(resume.seq)
