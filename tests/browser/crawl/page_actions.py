"""What is done to a page before it is looked at."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

Act = Callable[[Page], Any]


def send_empty(page: Page) -> None:
    """Empty the main form's fields, and send it past what the browser would say of them. The header's forms sign out
    and choose languages."""
    with page.expect_navigation() as found:
        page.evaluate("""() => {
            const forms = [...document.querySelectorAll('form:not(.masthead *)')].filter(f => f.method === 'post');
            const size = f => f.querySelectorAll('input:not([type=hidden]), textarea, select').length;
            const form = forms.sort((a, b) => size(b) - size(a))[0];
            for (const field of form.querySelectorAll('input, textarea')) {
                if (['radio', 'checkbox'].includes(field.type)) field.checked = false;
                else if (!['hidden', 'submit', 'button', 'file', 'color'].includes(field.type)) field.value = '';
            }
            form.noValidate = true;
            const button = form.querySelector('[type=submit]:not([formaction]), button:not([type])');
            form.requestSubmit(button && button.form === form ? button : undefined);
        }""")
    # Refused for what is missing in it, and for nothing else.
    assert found.value.status in (200, 400, 422)


def take_words(page: Page) -> None:
    """Choose a file for the words of a text: they stand in the editor then, unsaved, below a report."""
    words = {"name": "words.md", "mimeType": "text/markdown", "buffer": b"# Title\n\nWords.\n\n![A map](map.png)\n"}
    page.locator("details.from-file > summary").click()
    page.locator("input[name=words]").set_input_files(words)  # type: ignore[arg-type]
    page.wait_for_load_state()


def wait_for_swagger(page: Page) -> None:
    """Wait until the library has drawn the API, and open one kind of row and one of its operations."""
    # The first reader waits until the description is made, for long on a busy machine.
    page.locator(".opblock-tag").first.click(timeout=180_000)
    page.locator(".opblock-summary-control").first.click()
    page.locator(".opblock-body").first.wait_for()
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")


def open_menus(page: Page) -> None:
    """Open what opens in the header: the menu, and in it the account's."""
    page.evaluate("document.querySelectorAll('.masthead details').forEach(found => { found.open = true })")


def open_parts(page: Page) -> None:
    """Open what opens in the content: filters, parts of a form, tables below charts."""
    page.evaluate("document.querySelectorAll('main details').forEach(found => { found.open = true })")


def choose_all(page: Page) -> None:
    """Mark all rows of a list, so that its bar of actions is there."""
    page.locator("#action-toggle").first.check(force=True)


def fill_code(page: Page) -> None:
    page.locator("main input:not([type=hidden])").first.fill("123456")
    with page.expect_navigation():
        page.locator("main form [type=submit], main form button").first.click()


def make_secret(page: Page) -> None:
    """Make a webhook's secret: the page that shows it has no address to come back to."""
    with page.expect_navigation():
        page.locator("main button[formaction$='/secret/']").click()


def login_wrong(page: Page) -> None:
    page.locator("[name=login]").fill("nobody@summit.example")
    page.locator("[name=password]").fill("wrong-wrong")
    with page.expect_navigation():
        page.locator("main form").filter(has=page.locator("[name=password]")).locator("button").first.click()


def forge(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(f => { f.value = 'x'.repeat(64) })"
    )
    login_wrong(page)


def send_too_much(page: Page) -> None:
    """Send the main form with more fields than are read."""
    with page.expect_navigation() as found:
        page.evaluate("""() => {
            const form = [...document.querySelectorAll('main form, form')].find(f => f.method === 'post');
            for (let number = 0; number < 1001; number += 1)
                form.append(Object.assign(document.createElement('input'), {type: 'hidden', name: `n${number}`}));
            form.noValidate = true;
            form.submit();
        }""")
    assert found.value.status == 400


def send_too_often(page: Page, times: int, **values: str) -> None:
    """Fill the main form, and send it once more than is answered."""
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)
    page.evaluate(
        """async times => {
            const form = document.querySelector('main form');
            for (let number = 0; number < times; number += 1)
                await fetch(form.action, {method: 'POST', body: new FormData(form), redirect: 'manual'});
        }""",
        times,
    )
    with page.expect_navigation() as found:
        page.evaluate("document.querySelector('main form').submit()")
    assert found.value.status == 429


def reset_too_often(page: Page) -> None:
    """Ask for a new password more often than in an hour."""
    send_too_often(page, 5, email="nobody-at-all@summit.example")


def ask_too_often(page: Page) -> None:
    """Ask for codes more often than a network may: last of all, since it counts for everybody here."""
    send_too_often(page, 40, mailbox="nobody-at-all@summit.example")
