"""Walks of delegations: their focal points, delegates and liaison officers."""

from tests.browser.handbook.desks import Desks, Walks
from tests.browser.handbook.walk import LANGUAGE

walks = Walks()


@walks
def answer_an_invitation(desks: Desks) -> None:
    walk = desks.walk(
        "answer-an-invitation", "", desks.mail("focal@summit.example", r"http://localhost:\d+/i/[\w-]+/")
    )
    walk.see()
    walk.see()
    walk.see()
    walk.page.get_by_role("radio").first.check()
    walk.fill("Focal point for France")
    walk.press()
    walk.done()


@walks
def name_your_delegation(desks: Desks) -> None:
    walk = desks.walk("name-your-delegation", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.choose("delegate")
    walk.fill("Dominique Exemple")
    walk.press()
    walk.done()


@walks
def replace_a_person(desks: Desks) -> None:
    walk = desks.walk("replace-a-person", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.row("Director for Border Security")
    walk.press()
    walk.fill("Camille Exemple")
    walk.see()
    walk.press(last=True)
    walk.done()


@walks
def declare_an_item(desks: Desks) -> None:
    walk = desks.walk("declare-an-item", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press(of="Close Protection")
    walk.choose_first()
    walk.fill("A pistol, number F-12345, with fifteen rounds.")
    walk.press()
    walk.done()


@walks
def ask_for_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("ask-for-a-bilateral", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press()
    host = walk.page.locator("option", has_text="United Kingdom" if LANGUAGE == "en" else "Royaume-Uni")
    walk.choose(str(host.get_attribute("value")))
    walk.fill("Joint investigation teams")
    for _choices in range(3):
        walk.see()
    walk.press()
    walk.done()


@walks
def answer_a_bilateral(desks: Desks) -> None:
    walk = desks.walk("answer-a-bilateral", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.choose("fr")
    walk.see()
    walk.press()
    walk.done()


@walks
def sign_in_with_a_code(desks: Desks) -> None:
    walk = desks.walk("sign-in-with-a-code", "", "/portal/sign-in/")
    walk.fill("liaison@summit.example")
    walk.press()
    walk.fill(desks.mail("liaison@summit.example", r"\d{4} \d{4}"))
    walk.press()
    walk.done()
    desks.known["liaison"] = walk.visitor


@walks
def read_your_agenda(desks: Desks) -> None:
    walk = desks.walk("read-your-agenda", "focal", "/portal/")
    for _link in range(4):
        walk.press()
    walk.done()


@walks
def keep_your_calendar(desks: Desks) -> None:
    walk = desks.walk("keep-your-calendar", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.press()
    walk.field()
    walk.done()


@walks
def sign_up_for_a_session(desks: Desks) -> None:
    walk = desks.walk("sign-up-for-a-session", "focal", "/portal/")
    walk.press()
    walk.press()
    walk.row("Countering promotion online" if LANGUAGE == "en" else "Lutter contre la promotion")
    walk.see()
    walk.page.locator("[name=person]").first.check()
    walk.press(last=True)
    walk.see()
    walk.done()


@walks
def meet_a_delegation(desks: Desks) -> None:
    walk = desks.walk("meet-a-delegation", "liaison", "/portal/")
    walk.see()
    walk.row("France")
    walk.see()
    walk.see()
    walk.done()


@walks
def accompany_a_delegation(desks: Desks) -> None:
    walk = desks.walk("accompany-a-delegation", "liaison", "/portal/")
    walk.see()
    walk.row("France")
    walk.see()
    walk.see()
    walk.done()
