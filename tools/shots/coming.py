"""The part of the tour in which parties answer by telephone and on paper, and a delegation says who comes."""

import re

from tools.shots.people import Walker, london

SLUG = "border-security-2025"
# Who answers besides France: how, and by which way.
ANSWERS = (
    ("Albania", "attending", "telephone"),
    ("Austria", "attending", "letter"),
    ("Germany", "attending", "note_verbale"),
    ("Iraq", "regrets", "note_verbale"),
    ("Sweden", "attending", "telephone"),
)
DELEGATION = "France"
MINISTER = "Minister of the Interior, France"
SUCCESSOR = {"name": "Camille Exemple", "office": "Minister Delegate for the Interior, France"}


def on_paper(protocol: Walker) -> None:
    """Protocol telephones round, and records what others said; a letter's link then shows it."""
    protocol.take("call-sheet", f"/admin/delegations/invitation/calls/?summit={SLUG}")
    for name, answer, channel in ANSWERS:
        protocol.first(f"/admin/delegations/invitation/?q={name}")
        protocol.press("Record answer")
        if name == ANSWERS[0][0]:
            protocol.take("record-answer")
        protocol.page.locator("[name=answer]").select_option(answer)
        protocol.page.locator("[name=level]").select_option("unsaid")
        protocol.page.locator("[name=channel]").select_option(channel)
        protocol.page.locator("[name=name]").fill(f"Embassy of {name}")
        if channel == "note_verbale":
            protocol.page.locator("[name=reference]").fill("NV 12/2025")
        protocol.press("Record answer")
        if protocol.page.locator("[name=answer]").count():
            raise LookupError(f"The answer of {name} was not taken: {protocol.page.inner_text('main')[:500]}")


def link_in(letter: str) -> str:
    """Return the address by which a letter is answered."""
    found = re.search(r"http://localhost:\d+/i/[\w-]+/", letter)
    if found is None:
        raise LookupError("The letter holds no link.")
    return found.group()


def after_paper(reader: Walker, letter: str) -> None:
    """Whoever follows the letter's link of a party that answered on paper reads that it has."""
    reader.open(link_in(letter))
    reader.take("answered-on-paper")


def numbers(organiser: Walker) -> None:
    """An organiser reads how many France may name, and makes public now who takes part."""
    organiser.first("/admin/delegations/party/?q=France")
    organiser.press("Quotas")
    organiser.take("quotas")
    page = organiser.open(f"/admin/delegations/policy/{SLUG}/")
    page.locator("[name=parties_public_at_0]").fill(f"{london(-24 * 60):%Y-%m-%d}")
    organiser.press("Save policy")
    organiser.take("policy")


def who_comes(focal: Walker) -> None:
    """The focal point says who comes, and puts another in the head's place."""
    focal.open("/portal/")
    page = focal.press("Open delegation: France")
    desk = page.url.partition("?")[0]
    focal.take("delegation")
    focal.take("people", f"{desk}people/")
    focal.take("person-add", f"{desk}people/add/")
    focal.open(f"{desk}people/")
    focal.press(MINISTER)
    focal.take("person")
    page = focal.take("person-replace", f"{focal.page.url.partition('?')[0]}replace/")
    for name, value in SUCCESSOR.items():
        page.locator(f"[name={name}]").fill(value)
    focal.press(f"Replace {MINISTER}")


def liaison(officer: Walker, postbox: Walker) -> None:
    """A liaison officer opens the portal by a code, and one of the delegations to look after."""
    officer.open("/portal/sign-in/").locator("#mailbox").fill("liaison@summit.example")
    officer.press("Send code")
    code = re.search(r"\d{4} \d{4}", postbox.mail("liaison@summit.example").inner_text("main"))
    if code is None:
        raise LookupError("The message holds no code.")
    officer.page.locator("[name=code]").fill(code.group())
    officer.press("Open portal")
    officer.take("liaison")
    officer.press(DELEGATION)
    officer.take("liaison-delegation")


def lists(protocol: Walker) -> None:
    """What protocol ranks, writes and gives out."""
    protocol.take("order", f"/admin/delegations/order/{SLUG}/")
    protocol.take("letter-texts", f"/admin/delegations/letters/{SLUG}/")
    protocol.take("participants", f"/admin/delegations/participantlist/prepare/{SLUG}/")
