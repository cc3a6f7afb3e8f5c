"""`make shots`: starts the system by itself, walks the tour in a browser, and takes every page in all its ways.

`ONLY=press,press-text` takes these pages alone; `PICTURES=1` also writes the README's pictures into docs/pictures.
`HANDBOOK=1` takes the handbook's pictures instead, by walking its tasks in each of its languages.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.running import CHROMIUM, QUIET, ROOT, make_run
from tools.shots import sheet, walk
from tools.shots.camera import ONLY, Camera
from tools.shots.pages import PAGES

ALBUM = ROOT / "docs" / "pictures"
HANDBOOK = ROOT / "static" / "handbook"


def main() -> int:
    """Take the pictures, and say how many there are and where."""
    parser = argparse.ArgumentParser(prog="make shots")
    parser.add_argument("--only", default="", help="names of pages, with commas between them")
    parser.add_argument("--pictures", action="store_true", help="write the README's pictures too")
    parser.add_argument("--handbook", action="store_true", help="take the handbook's pictures, and nothing else")
    given = parser.parse_args()
    if CHROMIUM is None:
        sys.exit("There is no Chromium on this machine: install it, or Google Chrome.")
    if given.handbook:
        return max(_walk_handbook(language) for language in ("en", "fr"))
    wanted = frozenset(filter(None, given.only.split(","))) or ONLY
    if wanted - ONLY:
        sys.exit(f"There is no page called {', '.join(sorted(wanted - ONLY))}.")
    folder = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    if given.pictures:
        ALBUM.mkdir(parents=True, exist_ok=True)
    camera = Camera(folder, ALBUM if given.pictures else None, wanted)
    _take(camera)
    made = len(list(folder.glob("*.png")))
    print(
        f"{len(camera.taken)} pages were taken; {made} pictures are in {folder}. All at once: {sheet.write(folder)}"
    )
    if camera.missing():
        sys.exit(f"Not taken: {', '.join(camera.missing())}.")
    return 0


def _walk_handbook(language: str) -> int:
    walks = [sys.executable, "-m", "pytest", "-q", "-m", "browser", "tests/browser/handbook"]
    variables = {"HANDBOOK_LANGUAGE": language, "HANDBOOK_PICTURES": str(HANDBOOK)}
    return subprocess.run(walks, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode  # noqa: S603


def _take(camera: Camera) -> None:
    first = {page.name for page in PAGES if page.step == "Setup"}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="shots-") as made:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        if camera.wanted & first:
            with make_run(_folder(made, "empty"), "DEMO=0") as system:
                walk.first_steps(browser, system, camera)
        if camera.wanted - first:
            with make_run(_folder(made, "demo")) as system:
                walk.Tour(browser, system, camera).walk()
        browser.close()


def _folder(made: str, name: str) -> Path:
    folder = Path(made) / name
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
