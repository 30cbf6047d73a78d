"""Records the traces of protocol/vectors/traces, whose README.md says what stands in them.

    PYTHONPATH=server:tests python tests/protocol/record_traces.py

Run it when the server's wire code has come to send other bytes; test_traces.py tells.
"""

from __future__ import annotations

from support.trace_walk import FOLDER, SCENARIOS, path_of, record

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in SCENARIOS:
        trace = record(name)
        path_of(name).write_text(trace.text, encoding="utf-8")
        print(f"{name}: {len(trace.text.encode())} bytes, {dict(trace.happened)}")
