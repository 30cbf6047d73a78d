"""What survives a lost connection: a session's name, its epoch, its outbox, and the turn numbers it has used."""

from __future__ import annotations

import hashlib
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
        """192 random bits: whoever knows it may resume, so nobody may guess it, and no log has it."""
        self.name = hashlib.sha256(self.id.encode()).hexdigest()[:8]
        """What the log calls it."""
        self.epoch = 1
        """Grows by one with each resume that the client knows of."""
        self.outbox = outbox
        self._welcomed = True
        self._last_turn = -1

    def take_turn(self, turn: int) -> bool:
        """Use up a turn's number; false if it isn't greater than every earlier one."""
        if turn <= self._last_turn:
            return False
        self._last_turn = turn
        return True

    def heard(self) -> None:
        """Note that a frame behind hello has come on the current connection: who resumes sends none before it has the welcome."""
        self._welcomed = True

    def is_meant(self, resume: Resume) -> bool:
        """Whether a client asks for this session, as it stands.

        The epoch must be the current one; or the one before, as long as nothing shows that the welcome with the current one has
        arrived: it may have been lost with its connection.
        """
        same = secrets.compare_digest(resume.session.encode(), self.id.encode())
        return same and (resume.epoch == self.epoch or (resume.epoch == self.epoch - 1 and not self._welcomed))

    def resume(self, resume: Resume) -> list[bytes] | None:
        """Go on with this session on a new connection, whole or not at all.

        Returns:
            the messages to replay (none if the client has seen all), with the epoch one above the client's; or None if it can't
            be: another session or epoch, or frames that are no longer there.
        """
        if not self.is_meant(resume) or not self.outbox.can_resume(resume.seq):
            return None
        self.outbox.acknowledge(resume.seq)
        self.epoch = resume.epoch + 1
        self._welcomed = False
        return self.outbox.replay(resume.seq)
