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


@pytest.mark.django_db
@pytest.mark.parametrize("language", settings.INTERFACE_LANGUAGES)
def test_each_component_is_shown_in_every_language(client: Client, language: str) -> None:
    page = client.get(f"/dev/components/?lang={language}")
    assert page.status_code == 200
    assert {template.name for template in page.templates} >= COMPONENTS
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.content.decode()


def test_control_a_component_that_is_not_shown_is_found(client: Client) -> None:
    shown = {template.name for template in client.get("/dev/components/").templates}
    assert not shown >= COMPONENTS | {"components/new.html"}


def test_it_asks_no_table(client: Client) -> None:
    # Without the mark `django_db` any query would fail.
    assert client.get("/dev/components/").status_code == 200


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

    @pytest.mark.parametrize("sheet", LAYERED, ids=lambda sheet: sheet.name)
    def test_everything_stands_in_a_layer(self, sheet: Path) -> None:
        depth, outside = 0, ""
        for char in re.sub(r"@layer [\w, ]+;", "", rules(sheet)):
            if char == "{":
                depth += 1
            if depth == 0:
                outside += char
            if char == "}":
                depth -= 1
        names = {"@layer", *["reset", "tokens", "elements", "layout", "components", "pages", "desk", "print"]}
        # The admin's chooser brings a sheet that stands in no layer: what is set against it can't either.
        loose = [rule for rule in outside.split("}") if ".select2-" not in rule]
        assert set(re.sub(r"\s+", "\n", "".join(loose)).strip().splitlines()) <= names

    @pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
    def test_no_ids_nothing_forced_nothing_physical(self, sheet: Path) -> None:
        text = rules(sheet)
        assert "!important" not in without_print(text)
        assert [
            found.group() for found in PHYSICAL.finditer(re.sub(r"@media[^{]*|min-width|max-width", "", text))
        ] == []
        selectors = re.findall(r"([^{};]+)\{", text)
        assert [selector.strip() for selector in selectors if re.search(r"#[\w-]+", selector)] == []

    def test_control_what_is_physical_is_found(self) -> None:
        for wrong in ("margin-left: 1px", "width: 1px", "text-align: right", "max-height: 2em", "left: 0"):
            assert PHYSICAL.search(wrong), wrong
        for right in ("margin-inline: 1px", "border-inline-start-width: 1px", "inline-size: 1px", "line-height: 1"):
            assert not PHYSICAL.search(right), right

    def test_no_template_has_a_style_or_a_script_of_its_own(self) -> None:
        wrong = re.compile(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\b(?:src|type=\"application/json\"))")
        texts = {path: re.sub(r"{%.*?%}", "", path.read_text()) for path in TEMPLATES.rglob("*.html")}
        assert [str(path.relative_to(TEMPLATES)) for path, text in texts.items() if wrong.search(text)] == []
