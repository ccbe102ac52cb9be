"""Packs the Blender extension: python blender/build.py writes dist/neuralmaster-VERSION.zip."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXTENSION = ROOT / "blender" / "neuralmaster"
KEPT = {".py", ".toml"}
_TIME = (2026, 1, 1, 0, 0, 0)  # the same files make the same archive


def build(folder: Path) -> Path:
    """Writes the archive that Blender's Install from Disk takes, and returns its path."""
    manifest = (EXTENSION / "blender_manifest.toml").read_text()
    found = re.search(r'^version = "(.+)"$', manifest, re.M)
    assert found, "the manifest has a version"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"neuralmaster-{found[1]}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in [*sorted(EXTENSION.rglob("*")), ROOT / "LICENSE"]:
            if path.is_file() and (path.suffix in KEPT or path.name == "LICENSE"):
                inside = (
                    path.name if path.name == "LICENSE" else path.relative_to(EXTENSION).as_posix()
                )
                packed.writestr(zipfile.ZipInfo(inside, _TIME), path.read_bytes())
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{build(ROOT / 'dist')}\n")
