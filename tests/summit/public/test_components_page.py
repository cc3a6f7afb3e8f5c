"""The page of components shows each of them, in every language; the stylesheets keep the house's rules."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = {f"components/{path.name}" for path in (TEMPLATES / "components").iterdir()}
SHEETS = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
# The API's page has the library's own sheet, which stands in no layer.
LAYERED = [sheet for sheet in SHEETS if sheet.name != "api.css"]
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:top|right|bottom|left)|(?:min-|max-)?(?:width|height)|top|right|bottom"
    r"|left|(?:scroll-)?(?:margin|padding)-(?:top|right|bottom|left))\s*:|(?:text-align|float|clear):\s*(?:left|right)"
)


def test_each_component_is_shown_without_asking_a_table(client: Client) -> None:
    # Without the mark `django_db` any query would fail.
    shown = {template.name for template in client.get("/dev/components/").templates}
    assert COMPONENTS - shown == set()


@pytest.mark.django_db
def test_they_are_shown_in_every_language(client: Client) -> None:
    for language in settings.INTERFACE_LANGUAGES:
        page = client.get(f"/dev/components/?lang={language}").content.decode()
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page


def rules(sheet: Path) -> str:
    """Return a stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


def without_print(text: str) -> str:
    """Return what stands outside the layer of print."""
    return re.sub(r"@layer print \{.*?\n\}\n", "", text, flags=re.DOTALL)


class TestStylesheets:
    def test_layers_are_named_in_their_order_once(self) -> None:
        orders = [found for sheet in LAYERED for found in re.findall(r"@layer ([\w, ]+);", rules(sheet))]
        assert orders == ["reset, tokens, elements, layout, components, pages, desk, print"]

    def test_everything_stands_in_a_layer(self) -> None:
        names = {"@layer", *["reset", "tokens", "elements", "layout", "components", "pages", "desk", "print"]}
        for sheet in LAYERED:
            depth, outside = 0, ""
            for char in re.sub(r"@layer [\w, ]+;", "", rules(sheet)):
                depth += char == "{"
                outside += char * (depth == 0)
                depth -= char == "}"
            # The admin's chooser brings a sheet that stands in no layer: what is set against it can't either.
            loose = [rule for rule in outside.split("}") if ".select2-" not in rule]
            assert set(re.sub(r"\s+", "\n", "".join(loose)).strip().splitlines()) <= names, sheet

    def test_no_ids_nothing_forced_nothing_physical_no_gradient(self) -> None:
        for sheet in SHEETS:
            text = rules(sheet)
            assert "!important" not in without_print(text), sheet
            assert PHYSICAL.search(re.sub(r"@media[^{]*|min-width|max-width", "", text)) is None, sheet
            selectors = re.findall(r"([^{};]+)\{", text)
            assert [each.strip() for each in selectors if re.search(r"#[\w-]+", each)] == [], sheet
            # Stripes with hard edges are a pattern: the key of a chart.
            assert "gradient" not in text.replace("repeating-linear-gradient(45deg", ""), sheet

    def test_control_what_is_physical_is_found(self) -> None:
        for wrong in ("margin-left: 1px", "width: 1px", "text-align: right", "max-height: 2em", "left: 0"):
            assert PHYSICAL.search(wrong), wrong
        for right in ("margin-inline: 1px", "border-inline-start-width: 1px", "inline-size: 1px", "line-height: 1"):
            assert not PHYSICAL.search(right), right
