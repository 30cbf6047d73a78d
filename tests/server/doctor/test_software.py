"""What is installed, and the GPU: with a driver's program that is played by a script."""

from __future__ import annotations

import importlib.metadata
import importlib.util

import pytest

from loquent.doctor import software
from loquent.doctor.finding import Mark
from loquent.doctor.software import examine_engine, examine_python, examine_traces
from loquent.gpus import Gpu
from loquent.settings import Settings

HERE = Gpu("NVIDIA GeForce RTX 4070", 12282, 11000, "580.65.06")


def test_versions_are_named_and_what_is_missing_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = examine_python()
    assert finding.mark is Mark.OK
    assert f"websockets {importlib.metadata.version('websockets')}" in finding.text

    monkeypatch.setattr(
        importlib.metadata, "requires", lambda _: ["websockets>=16", "no-such-package>1", 'x; extra == "y"']
    )
    finding = examine_python()
    assert finding.mark is Mark.PROBLEM
    assert finding.text == "no-such-package isn't installed: run `make setup`."


def test_it_also_runs_from_a_folder_that_was_never_installed() -> None:
    assert examine_python("no-such-distribution").mark is Mark.OK


def test_traces_need_what_sends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(examine_traces(Settings())) == []
    settings = Settings(traces="http://127.0.0.1:4318/v1/traces")

    def version(name: str) -> str:
        if name == "opentelemetry-sdk" and missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.30"

    monkeypatch.setattr(importlib.metadata, "version", version)
    missing = False
    assert [finding.mark for finding in examine_traces(settings)] == [Mark.OK]
    (finding,) = examine_traces(Settings(traces="https://me:secret@collector.example/v1/traces"))
    assert "they go to https://collector.example/v1/traces;" in finding.text
    missing = True
    (finding,) = examine_traces(settings)
    assert finding.mark is Mark.PROBLEM
    assert finding.text.startswith("opentelemetry-sdk isn't installed")


def test_a_script_needs_nothing() -> None:
    (finding,) = examine_engine(Settings(engine="scripted"), [])
    assert finding.mark is Mark.OK


def test_vllm_that_is_not_there_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "vllm" else found(name))
    (finding,) = examine_engine(Settings(), [])
    assert finding.mark is Mark.PROBLEM
    assert "--engine scripted" in finding.text


@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="without vLLM no GPU is looked at")
@pytest.mark.parametrize(
    ("cpu_build", "gpus", "mark", "says"),
    [
        (True, [], Mark.OK, "none is needed"),
        (True, [HERE], Mark.WARNING, "LOQUENT_SETUP_ENGINE=auto"),
        (False, [HERE], Mark.OK, "RTX 4070 (10.7 of 12.0 GiB free, driver 580.65.06)"),
        (False, [], Mark.PROBLEM, "LOQUENT_SETUP_ENGINE=cpu"),
    ],
)
def test_the_gpu_and_the_vllm_that_was_installed_must_fit(
    monkeypatch: pytest.MonkeyPatch, cpu_build: bool, gpus: list[Gpu], mark: Mark, says: str
) -> None:
    monkeypatch.setattr(software, "is_cpu_build", lambda: cpu_build)
    engine, gpu = examine_engine(Settings(), gpus)
    assert engine.mark is Mark.OK
    assert "torch" in engine.text
    assert gpu.mark is mark
    assert says in gpu.text


@pytest.mark.skipif(importlib.util.find_spec("vllm") is None, reason="without vLLM its arguments count for nothing")
def test_arguments_of_vllm_are_named_without_their_values() -> None:
    arguments = ("--max-model-len", "4096", "--hf-token=secret")
    findings = {finding.about: finding for finding in examine_engine(Settings(vllm_arguments=arguments), [])}
    assert findings["vLLM's arguments"].text.startswith("--max-model-len, --hf-token; ")
