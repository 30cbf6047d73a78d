"""The order in which things are looked at, and how that's reported."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..access import is_loopback
from ..configuration.reading import Configuration
from ..configuration.sources import ConfigurationError, Source
from ..dialogue.character_file import SHIPPED, CharacterError, load_characters
from ..gpus import find_gpus
from ..settings import Settings
from .besides import look_besides
from .capacity import examine_descriptors
from .credentials import examine_certificate, examine_tokens
from .finding import Finding, Mark, ok, problem, warning
from .firewall import examine_surroundings, wsl_networking
from .memory import examine_memory
from .model import examine_model
from .network import Address, all_addresses, examine_port, own_addresses
from .running import examine_server
from .software import examine_engine, examine_python, examine_traces
from .unity import what_to_type


def examine(read: Callable[[], Configuration], report: Callable[[str], None]) -> int:
    """Look whether a server can run here, and say what to type in Unity.

    Args:
        read: reads the settings; what it raises is the first thing that is found.
        report: told each line.

    Returns:
        the exit status: 0, or 1 if something is in the way.
    """
    try:
        configuration = read()
    except ConfigurationError as error:
        return _report([problem("settings", str(error))], report)
    settings = configuration.settings
    addresses = _addresses(settings)
    certified, certificate = examine_certificate(settings, [address.ip for address in addresses])
    status = _report(_findings(configuration, addresses, certified), report)
    if not status:
        report("\nNothing stands in the way.")
    report("")
    behind_windows = wsl_networking() not in (None, "mirrored")
    for line in what_to_type(settings, addresses, certificate, behind_windows=behind_windows):
        report(line)
    return status


def examine_running(
    url: str, report: Callable[[str], None], *, token: str | None = None, authorities: Path | None = None
) -> int:
    """Look whether a server that runs can be reached from here; see `examine_server`.

    Returns:
        the exit status: 0, or 1 if it can't.
    """
    return _report(examine_server(url, token, authorities), report)


def _findings(configuration: Configuration, addresses: list[Address], certified: list[Finding]) -> Iterator[Finding]:
    settings = configuration.settings
    yield _settings(configuration)
    yield examine_python()
    gpus = find_gpus() if settings.engine == "vllm" else []
    yield from examine_engine(settings, gpus)
    at_port, running = examine_port(settings)
    besides = list(look_besides(settings))
    yield from examine_model(
        settings, gpus, running=running is not None, besides=sum(beside.needed for beside in besides)
    )
    yield from (beside.finding for beside in besides)
    yield _characters(settings)
    yield examine_memory(settings)
    yield examine_descriptors(settings)
    yield at_port
    yield examine_tokens(settings)
    yield from certified
    yield from examine_traces(settings)
    if not is_loopback(settings.host):
        yield _network(settings, addresses)
    if not is_loopback(settings.host) and settings.port:
        yield from examine_surroundings(settings.port)


def _settings(configuration: Configuration) -> Finding:
    given = configuration.given
    if not given:
        return ok("settings", "all have their defaults.")
    in_file = [name for name, each in given.items() if each.source is Source.FILE]
    places = [f"{', '.join(in_file)} from {configuration.file}"] if in_file else []
    places += [each.where for each in given.values() if each.source is not Source.FILE]
    return ok("settings", f"{'; '.join(places)}; all others have their defaults.")


def _characters(settings: Settings) -> Finding:
    try:
        return ok("characters", f"{', '.join(load_characters(settings.characters or SHIPPED))}.")
    except CharacterError as error:
        return problem("characters", str(error))


def _addresses(settings: Settings) -> list[Address]:
    if is_loopback(settings.host):
        return []
    if all_addresses(settings.host):
        return own_addresses(ipv6=settings.host == "::")
    return [Address(settings.host, "")]


def _network(settings: Settings, addresses: list[Address]) -> Finding:
    if not addresses:
        return problem("network", "this machine has no address that others could reach: is it connected?")
    said = ", ".join(f"{ip} ({interface})" if interface else ip for ip, interface in addresses)
    public = [ip for ip, _ in addresses if _is_public(ip)]
    if public and settings.certificate is None:
        return warning(
            "network",
            f"other machines reach this one at {said}; {public[0]} is public, and without a certificate everybody on the way reads "
            "along.",
        )
    return ok("network", f"other machines reach this one at {said}.")


def _is_public(host: str) -> bool:
    """Tell whether an address is of the whole internet. IPv6 ones mostly are, and a home's router lets nobody in to them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.version == 4 and address.is_global


def _report(findings: Iterable[Finding], report: Callable[[str], None]) -> int:
    """Report what is found, as it's found, and then what it comes to; returns the exit status."""
    counts: Counter[Mark] = Counter()
    for finding in findings:
        report(str(finding))
        counts[finding.mark] += 1
    problems = counts[Mark.PROBLEM]
    if problems:
        report(f"\n{problems} problem{'s' if problems > 1 else ''} to be solved first.")
    return 1 if problems else 0
