"""The examples in the package's documentation compile against the package, and the console one talks with a server."""

from __future__ import annotations

import re

import pytest

from support.running import running
from unity import build

INDEX = (build.PACKAGE / "Documentation~" / "index.md").read_text(encoding="utf-8")
LOST = (build.PACKAGE / "Documentation~" / "connection.md").read_text(encoding="utf-8")

UNITY = """
namespace UnityEngine
{
    public class Object {}
    public class MonoBehaviour : Object {}
    public static class Debug
    {
        public static void Log(object o) {}
        public static void LogError(object o) { System.Console.WriteLine("ERROR " + o); }
    }
    [System.AttributeUsage(System.AttributeTargets.Field)] public sealed class SerializeField : System.Attribute {}
}
"""
"""As much of Unity as the example names: to compile against, not to run."""


def example(title: str, page: str = INDEX) -> str:
    """Return the C# code below a heading."""
    found = re.search(rf"^#+ {re.escape(title)}\n.*?```csharp\n(.*?)```", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found.group(1)


@pytest.mark.usefixtures("built")
def test_the_unity_example_compiles() -> None:
    code = example("In Unity")
    program = build.program(
        "unity-example", code + UNITY + "public static class Start { public static void Main() {} }"
    )
    assert program.is_file()


STOPPING = """
public static class Start
{
    public static void Main()
    {
        var npc = new Innkeeper();
        Call(npc, "Start");
        var session = typeof(Innkeeper).GetField("session", Private);
        for (int i = 0; i < 1000 && session.GetValue(npc) == null; i++) { System.Threading.Thread.Sleep(10); }
        System.Console.WriteLine(session.GetValue(npc) == null ? "never connected" : "connected");
        Call(npc, "OnDestroy");
        System.Threading.Thread.Sleep(300);
    }

    private const System.Reflection.BindingFlags Private =
        System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic;

    private static void Call(object npc, string name) { typeof(Innkeeper).GetMethod(name, Private).Invoke(npc, null); }
}
"""
"""Starts the example and stops it while the conversation is being opened, as Unity does when Play stops."""


@pytest.mark.usefixtures("built")
async def test_the_unity_example_logs_no_error_when_play_stops() -> None:
    code = example("In Unity")
    async with running() as server:
        source = code.replace("ws://127.0.0.1:8765", server.url) + UNITY + STOPPING
        talk = await build.run_program(build.program("unity-example-stopping", source))
    assert talk.strip() == "connected"


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("title", ["What your program learns", "How it tries, and how to change that"])
def test_the_examples_of_a_lost_connection_compile(title: str) -> None:
    start = "public static class Start { public static void Main() {} }"
    name = re.sub(r"\W+", "-", title).lower()
    assert build.program(name, example(title, LOST) + start).is_file()


def test_the_defaults_that_are_documented_are_those_of_the_code() -> None:
    policy = (build.CORE / "ReconnectPolicy.cs").read_text(encoding="utf-8")
    for option, default, code in (
        ("FirstDelay", "250 ms", "TimeSpan.FromMilliseconds(250)"),
        ("MaxDelay", "10 s", "TimeSpan.FromSeconds(10)"),
        ("MaxAttempts", "100", "100"),
        ("GiveUpAfter", "5 minutes", "TimeSpan.FromMinutes(5)"),
    ):
        assert f"| `{option}` | {default} |" in LOST
        assert f"{option} {{ get; set; }} = {code};" in policy


@pytest.mark.usefixtures("built")
async def test_the_console_example_talks_with_a_server() -> None:
    code = example("In a console program")
    assert len(code.splitlines()) <= 25
    async with running() as server:
        assert 'ws://127.0.0.1:8765"' in code
        program = build.program("console-example", code.replace("ws://127.0.0.1:8765", server.url))
        talk = await build.run_program(program)
    assert talk.startswith("Marta: You said: ")


@pytest.mark.usefixtures("built")
async def test_the_example_in_the_readme_talks_with_a_server() -> None:
    readme = (build.PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```csharp\n(.*?)```", readme, re.DOTALL)
    assert found
    async with running() as server:
        program = build.program("readme-example", found.group(1).replace("ws://127.0.0.1:8765", server.url))
        talk = await build.run_program(program)
    assert talk.startswith(
        "You said: Good evening! What is this place? That makes 2 messages between us.\nMarta said 77 chars: Stop"
    )
