"""A model hub on this machine, as far as the tests of one need it."""

from __future__ import annotations

import http.server
import json


class HubHandler(http.server.BaseHTTPRequestHandler):
    """Answers as a hub does; what it has, those that derive from it say."""

    def answer(self, status: int, body: object, *headers: tuple[str, str]) -> None:
        """Answer with JSON."""
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""
