"""What the build of a wheel does besides copying files (hatchling's hooks, named in pyproject.toml).

It runs in an environment that has hatchling and polib, and nothing of this project.
"""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


def requirements(text: str) -> list[str]:
    """Return the requirements in the text of a file such as requirements/base.in. Files it names are left out."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-")]


class Dependencies(MetadataHookInterface):  # type: ignore[misc]
    """Gives the wheel the dependencies of requirements/base.in, and as extras those of run.in and saml.in."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies in the metadata."""
        folder = Path(self.root) / "requirements"
        metadata["dependencies"] = requirements((folder / "base.in").read_text("utf-8"))
        extras = ("run", "saml")
        metadata["optional-dependencies"] = {
            extra: requirements((folder / f"{extra}.in").read_text("utf-8")) for extra in extras
        }


class Catalogues(BuildHookInterface):  # type: ignore[misc]
    """Puts the compiled catalogues of `locale/` into the wheel. They are compiled outside the source."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the catalogues and add them to the files of the wheel."""
        self.folder = Path(tempfile.mkdtemp())
        for source in sorted(Path(self.root).glob("locale/*/LC_MESSAGES/*.po")):
            target = source.relative_to(self.root).with_suffix(".mo")
            compiled = self.folder / target
            compiled.parent.mkdir(parents=True)
            polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(compiled))
            build_data["force_include"][str(compiled)] = f"summit/resources/{target}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the compiled catalogues outside the wheel."""
        shutil.rmtree(self.folder)
