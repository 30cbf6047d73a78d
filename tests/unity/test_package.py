"""The package as Unity's Package Manager wants it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from unity import metas
from unity.build import CORE, ROOT

ASSETS = list(metas.assets())
METAS = sorted(metas.PACKAGE.rglob("*.meta"))
ASMDEFS = sorted(metas.PACKAGE.rglob("*.asmdef"))


def name(path: Path) -> str:
    return str(path.relative_to(metas.PACKAGE))


def load(path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("asset", ASSETS, ids=name)
def test_every_asset_has_its_meta_with_the_right_importer(asset: Path) -> None:
    meta = metas.meta_of(asset)
    assert meta.is_file(), "run python tests/unity/metas.py"
    text = meta.read_text(encoding="utf-8")
    assert text.startswith("fileFormatVersion: 2\nguid: ")
    assert text.split("\n", 2)[2] == metas.importer_of(asset)


def test_guids_are_unique_and_of_32_hex_digits() -> None:
    guids = [metas.guid_of(meta) for meta in METAS]
    assert all(guid and re.fullmatch("[0-9a-f]{32}", guid) for guid in guids)
    assert len(set(guids)) == len(guids)


def test_no_meta_is_left_without_its_asset() -> None:
    assert sorted(metas.meta_of(asset) for asset in ASSETS) == METAS


def test_new_metas_are_written_once_and_hidden_things_get_none(tmp_path: Path) -> None:
    for file in ("package.json", "A/b.cs", "Docs~/c.md", ".editorconfig", "A/.hidden/d.cs"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    written = metas.write_missing(tmp_path)
    assert {str(path.relative_to(tmp_path)) for path in written} == {"package.json.meta", "A.meta", "A/b.cs.meta"}
    assert metas.write_missing(tmp_path) == []


def test_the_manifest() -> None:
    manifest = load(metas.PACKAGE / "package.json")
    assert manifest["name"] == "com.loquent.unity"
    assert manifest["displayName"] == "Loquent"
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert manifest["unity"] == "2022.3"
    assert manifest["license"] == "Apache-2.0"
    dependencies = dict(manifest["dependencies"])
    assert dependencies.pop("com.unity.ugui") == "1.0.0"
    assert all(name.startswith("com.unity.modules.") for name in dependencies), (
        "parts of Unity itself, which a project can switch off"
    )
    assert manifest["description"].strip()


def test_one_version_everywhere() -> None:
    version = load(metas.PACKAGE / "package.json")["version"]
    assert f'PackageVersion = "{version}"' in (CORE / "SessionOptions.cs").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "CHANGELOG.md",
        "LICENSE.md",
        "Documentation~/index.md",
        "Documentation~/connection.md",
        "Documentation~/threads.md",
    ],
)
def test_the_files_of_a_package_are_there(file: str) -> None:
    assert (metas.PACKAGE / file).read_text(encoding="utf-8").strip()


def test_the_license_is_the_repositorys() -> None:
    assert (metas.PACKAGE / "LICENSE.md").read_bytes() == (ROOT / "LICENSE").read_bytes()


@pytest.mark.parametrize("path", ASMDEFS, ids=name)
def test_assembly_name_file_and_root_namespace_are_one(path: Path) -> None:
    definition = load(path)
    assert definition["name"] == definition["rootNamespace"] == path.stem


def test_core_needs_nothing_and_its_tests_only_the_editor() -> None:
    core = load(CORE / "Loquent.Core.asmdef")
    assert core["noEngineReferences"] is True
    assert core["references"] == core["precompiledReferences"] == core["includePlatforms"] == []
    tests = load(metas.PACKAGE / "Tests" / "Core" / "Loquent.Core.Tests.asmdef")
    assert tests["references"] == ["Loquent.Core", "UnityEngine.TestRunner", "UnityEditor.TestRunner"]
    assert tests["includePlatforms"] == ["Editor"]
    assert tests["precompiledReferences"] == ["nunit.framework.dll"]
    assert tests["overrideReferences"] is True
    assert tests["defineConstraints"] == ["UNITY_INCLUDE_TESTS"]


@pytest.mark.parametrize("path", sorted(metas.PACKAGE.rglob("*.md")), ids=name)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
