"""How forms of the desk are laid out."""

from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser

STYLES = Path(settings.BASE_DIR) / "static" / "css"
LINE = """<div class="field-line"><div class="field"><label><input type="checkbox"> {0}</label>
<div class="hint">{1}</div></div></div>"""
TEXT = '<div class="field-line"><div class="field"><label>Name</label><input></div></div>'
TOPS = "[...document.querySelectorAll('[type=checkbox]')].map((each) => each.getBoundingClientRect().top)"


def test_checkboxes_side_by_side_begin_at_one_height_whatever_their_hints(browser: Browser, tmp_path: Path) -> None:
    sheets = "".join(
        f'<link rel="stylesheet" href="{STYLES / name}.css">' for name in ("summit", "components", "desk")
    )
    boxes = LINE.format("Required", "A long hint. " * 20) + LINE.format("For delegations", "A short one.")
    fields = f'<fieldset class="fields">{TEXT}{TEXT}{boxes}</fieldset>'
    file = tmp_path / "form.html"
    file.write_text(f'<!doctype html>{sheets}<body class="desk"><main>{fields}</main>')
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    first, second = page.evaluate(TOPS)
    page.close()
    assert first == second
