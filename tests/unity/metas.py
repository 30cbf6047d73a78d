"""Unity's .meta files of the package: each asset's stable GUID and its importer.

Unity makes a .meta file for every file and folder that it imports; in a package, which is read-only for its users, they have to be
there already. `python tests/unity/metas.py` writes those that are missing, with a new random GUID, and leaves the others alone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "unity_package"

_MONO = """MonoImporter:
  externalObjects: {}
  serializedVersion: 2
  defaultReferences: []
  executionOrder: 0
  icon: {instanceID: 0}
"""
_IMPORTERS = {
    ".asmdef": "AssemblyDefinitionImporter:\n  externalObjects: {}\n",
    ".asmref": "AssemblyDefinitionReferenceImporter:\n  externalObjects: {}\n",
    ".cs": _MONO,
    ".json": "TextScriptImporter:\n  externalObjects: {}\n",
    ".md": "TextScriptImporter:\n  externalObjects: {}\n",
    ".txt": "TextScriptImporter:\n  externalObjects: {}\n",
    ".xml": "TextScriptImporter:\n  externalObjects: {}\n",
}
_MANIFEST = "PackageManifestImporter:\n  externalObjects: {}\n"
_DEFAULT = "DefaultImporter:\n  externalObjects: {}\n"
_TAIL = "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"


def assets(package: Path = PACKAGE) -> Iterator[Path]:
    """Yield every file and folder that Unity imports: nothing hidden, no folder whose name ends in ~, and nothing inside of one."""
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        hidden = any(part.startswith(".") or part.endswith("~") for part in parts)
        if not hidden and path.suffix != ".meta":
            yield path


def meta_of(asset: Path) -> Path:
    """Return where the .meta file of an asset stands: beside it."""
    return asset.with_name(asset.name + ".meta")


def importer_of(asset: Path) -> str:
    """Return the importer's lines, as Unity writes them."""
    if asset.is_dir():
        return "folderAsset: yes\n" + _DEFAULT + _TAIL
    if asset.name == "package.json":
        return _MANIFEST + _TAIL
    return _IMPORTERS.get(asset.suffix, _DEFAULT) + _TAIL


def guid_of(meta: Path) -> str | None:
    """Return the GUID that a .meta file holds."""
    found = re.search(r"^guid: (\S+)$", meta.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else None


def write_missing(package: Path = PACKAGE) -> list[Path]:
    """Write the .meta files that are missing; return them."""
    written = []
    for asset in assets(package):
        meta = meta_of(asset)
        if not meta.exists():
            meta.write_text(
                f"fileFormatVersion: 2\nguid: {secrets.token_hex(16)}\n{importer_of(asset)}", encoding="utf-8"
            )
            written.append(meta)
    return written


if __name__ == "__main__":
    for path in write_missing():
        print(path.relative_to(PACKAGE.parent))
