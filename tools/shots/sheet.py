"""The contact sheet: all pictures on one page, a row for each page of the tour."""

from html import escape
from pathlib import Path

from tools.shots.camera import WAYS
from tools.shots.pages import PAGES, STEPS

HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Pictures of the tour</title>
<style>
body { font: 16px/1.4 system-ui, sans-serif; margin: 24px; }
div { display: flex; gap: 12px; align-items: start; overflow-x: auto; padding-bottom: 12px; }
figure { margin: 0; flex: none; }
figcaption { font-size: 14px; }
img { border: 1px solid #888; height: 320px; width: auto; }
</style>
<h1>Pictures of the tour</h1>
"""


def write(folder: Path) -> Path:
    """Write the sheet of the pictures that are in a folder, and return where it is."""
    parts = [HEAD]
    for step in STEPS:
        parts.append(f"<h2>{escape(step)}</h2>")
        for page in PAGES:
            if page.step == step:
                parts.append(_row(folder, page.name, page.title))
    sheet = folder / "index.html"
    sheet.write_text("\n".join(part for part in parts if part), encoding="utf-8")
    return sheet


def _row(folder: Path, name: str, title: str) -> str:
    files = [(way.name, f"{name}-{way.name}.png") for way in WAYS if (folder / f"{name}-{way.name}.png").exists()]
    if not files:
        return ""
    figures = "".join(
        f'<figure><a href="{file}"><img src="{file}" alt="{escape(title)}, {way}" loading="lazy"></a>'
        f"<figcaption>{way}</figcaption></figure>"
        for way, file in files
    )
    paper = f' <a href="{name}.pdf">printed</a>' if (folder / f"{name}.pdf").exists() else ""
    return f"<h3>{escape(title)}{paper}</h3>\n<div>{figures}</div>"
