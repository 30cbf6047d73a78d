"""What to do about a pip that failed, read from what it said."""

from __future__ import annotations

import platform
import re


def explain(output: str) -> str:
    """Say in one sentence what to do about a pip that failed with this output."""
    if re.search(r"No space left on device|Errno 28|Disk quota exceeded", output):
        return "The disk is full: free some space, then run this again."
    if "DO NOT MATCH THE HASHES" in output or "HashMismatch" in output:
        match = re.search(r"^\s+([A-Za-z0-9._-]+)==\S+ from ", output, re.MULTILINE)
        what = f"The file of {match.group(1)}" if match else "A file"
        return (
            f"{what} isn't the one that was locked, so it was not installed: run '.venv/bin/python -m pip cache purge' and "
            "this again; if it stays so, the package index or proxy that your pip is configured for changes files."
        )
    if re.search(r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|SSLError", output):
        return (
            "The package index's certificate isn't trusted on this machine: behind a proxy that inspects connections, give "
            "pip its certificate ('pip config set global.cert FILE'), then run this again."
        )
    if re.search(
        r"NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Max retries exceeded|ProxyError|"
        r"name resolution|NameResolutionError|Network is unreachable|Connection refused|ConnectionResetError|"
        r"RemoteDisconnected|IncompleteRead|Connection broken|ProtocolError|ConnectionError",
        output,
    ):
        return "The packages can't be downloaded: look whether this machine is online, then run this again."
    match = re.search(r"No matching distribution found for ([^\s;]+)", output)
    if match:
        return (
            f"There is no build of {match.group(1)} for this machine ({platform.machine()}, Python {platform.python_version()}, "
            f"{' '.join(platform.libc_ver()) or 'an unknown C library'}): Loquent's engine needs Linux with glibc 2.31 or "
            "newer, on x86_64 or aarch64. If your pip is configured for a package index of your own, look whether that has it."
        )
    if "Permission denied" in output or "Errno 13" in output:
        return (
            "Files in .venv, or in pip's cache, can't be written: they belong to another user, perhaps root; take them over with "
            "'sudo chown -R \"$USER\" .venv ~/.cache/pip', then run this again."
        )
    return "pip failed; its last lines stand above."


def lacks_build(output: str) -> bool:
    """Whether pip reached its index, and found that it has no such build."""
    return "No matching distribution found for torch" in output and "can't be downloaded" not in explain(output)
