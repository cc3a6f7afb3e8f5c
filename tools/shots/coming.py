"""The part of the tour in which parties answer by telephone and on paper, and a delegation says who comes."""

import re

from tools.shots.people import Walker

SLUG = "border-security-2025"
# Who answers besides France: how, and by which way.
ANSWERS = (
    ("Albania", "attending", "telephone"),
    ("Austria", "attending", "letter"),
    ("Germany", "attending", "note_verbale"),
    ("Iraq", "regrets", "note_verbale"),
    ("Sweden", "attending", "telephone"),
)
SUCCESSOR = {"name": "Camille Exemple", "office": "Minister Delegate for the Interior, France"}


def on_paper(protocol: Walker) -> None:
    """Protocol telephones round, and records what others said; a letter's link then shows it."""
    protocol.take("call-sheet", f"/admin/delegations/invitation/calls/?summit={SLUG}")
    for name, answer, channel in ANSWERS:
        protocol.open(f"/admin/delegations/invitation/?q={name}")
        protocol.page.locator("#result_list tbody").get_by_role("link").first.click()
        protocol.press(re.compile("[Rr]ecord"))
        if name == ANSWERS[0][0]:
            protocol.take("record-answer")
        protocol.page.locator("[name=answer]").select_option(answer)
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
    """An organiser reads how many France may name, where another number is given to it."""
    organiser.open("/admin/delegations/party/?q=France")
    organiser.page.locator("#result_list tbody").get_by_role("link").first.click()
    organiser.press("Quotas")
    organiser.take("quotas")


def who_comes(focal: Walker) -> None:
    """The focal point says who comes, and puts another in the head's place."""
    focal.open("/portal/")
    page = focal.press("Open delegation: France")
    desk = page.url.partition("?")[0]
    focal.take("delegation")
    focal.take("people", f"{desk}people/")
    focal.take("person-add", f"{desk}people/add/")
    focal.open(f"{desk}people/")
    focal.press(re.compile("^Minister of the Interior"))
    focal.take("person")
    page = focal.take("person-replace", f"{focal.page.url.partition('?')[0]}replace/")
    for name, value in SUCCESSOR.items():
        page.locator(f"[name={name}]").fill(value)
    focal.press(re.compile("^Replace Minister"))


def lists(protocol: Walker) -> None:
    """What protocol ranks, writes and gives out."""
    protocol.take("order", f"/admin/delegations/order/{SLUG}/")
    protocol.take("letter-texts", f"/admin/delegations/letters/{SLUG}/")
    protocol.take("participants", f"/admin/delegations/participantlist/prepare/{SLUG}/")
