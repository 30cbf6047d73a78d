"""What is installed from the system for the C# tests, and what is said where that can't be done."""

from __future__ import annotations

import pytest

import system_packages


def test_nothing_is_run_when_the_systems_packages_are_there() -> None:
    def never(command: list[str]) -> tuple[int, str]:
        raise AssertionError(command)

    system_packages.provide(list, run=never, which=lambda _: None, is_root=False)


class Apt:
    """A stand-in for the system: notes what is run, and installs unless told otherwise."""

    def __init__(self, *, works: bool = True, sudo: bool = True) -> None:
        self.lacking = ["mono-devel", "nunit-console"]
        self.commands: list[list[str]] = []
        self._works, self._sudo = works, sudo

    def run(self, command: list[str]) -> tuple[int, str]:
        self.commands.append(command)
        if command == ["sudo", "-n", "true"]:
            return (0 if self._sudo else 1), ""
        if "install" in command:
            if not self._works:
                return 100, "E: Unable to locate package mono-devel"
            self.lacking = []
        return 0, ""

    def provide(self, *programs: str, is_root: bool) -> None:
        def which(name: str) -> str | None:
            return name if name in programs else None

        system_packages.provide(lambda: self.lacking, run=self.run, which=which, is_root=is_root)


def test_root_installs_what_is_missing_without_questions() -> None:
    apt = Apt()
    apt.provide("apt-get", is_root=True)
    update, install = apt.commands
    assert update[-1] == "update"
    assert install[:3] == ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    assert install[-5:] == ["install", "--yes", "--no-install-recommends", "mono-devel", "nunit-console"]


def test_others_install_by_a_sudo_that_asks_nothing() -> None:
    apt = Apt()
    apt.provide("apt-get", "sudo", is_root=False)
    assert [command[:2] for command in apt.commands] == [["sudo", "-n"]] * 3


@pytest.mark.parametrize("programs", [("apt-get",), ("apt-get", "sudo")])
def test_who_may_not_install_is_told_the_command(programs: tuple[str, ...]) -> None:
    apt = Apt(sudo=False)
    with pytest.raises(system_packages.MissingError, match=r"sudo apt-get install .* mono-devel nunit-console'"):
        apt.provide(*programs, is_root=False)
    assert not [command for command in apt.commands if "install" in command]


def test_a_system_without_apt_is_told_what_it_needs() -> None:
    with pytest.raises(system_packages.MissingError, match="Mono with its compiler mcs"):
        Apt().provide("sudo", is_root=True)


def test_an_installation_that_failed_is_told_with_apts_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(system_packages.MissingError, match="couldn't be installed"):
        Apt(works=False).provide("apt-get", is_root=True)
    assert "Unable to locate package" in capsys.readouterr().err
