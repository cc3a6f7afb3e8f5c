"""What desks, portal and readers do, by the keyboard alone, with the focus seen at every step and covered at none."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from portal.demo.days import Act, days_of
from tests.browser.keyboard import Keys, Make, read_mail, somebody

PLENARY = "Plenary: reports from the working sessions"
LETTER = re.compile(r"invitation \(France\)")


def _invite(keys: Keys) -> None:
    """Invite those in whose names these letters are: France, Greece, Interpol and North Macedonia."""
    keys.open("/admin/delegations/party/?q=ce")
    for row in range(4):
        keys.to_element(keys.page.locator("input.action-select").nth(row), f"the box of row {row}").press("Space")
    # The bar of what one does with the rows says to how many.
    keys.follow("button", "Invite the selected delegations (4)")
    keys.follow("button", "Send 4 invitations")


def _follow_the_letter(organiser: Keys, focal: Keys) -> None:
    """Find the letter to the focal point of France in the mailbox and follow its link, then answer."""
    link = re.search(r"http://localhost:\d+/i/[\w-]+/", read_mail(organiser, "focal@summit.example", LETTER))
    assert link is not None
    # The letter is in French, and so would the portal be.
    focal.open(link.group() + "?lang=en")
    focal.follow("button", "Send answer of France")
    # What is missing is said at the top, and leads there.
    expect(focal.page.get_by_role("alert")).to_be_visible()
    focal.to_element(focal.page.get_by_role("alert").get_by_role("link").first, "what is missing").press("Enter")
    assert focal.page.evaluate("document.activeElement.name") == "answer"
    focal.visitor.complaints.clear()  # that the answer was a 422
    focal.radio(re.compile("^Accept"))
    focal.to("textbox", "Your name and office").type("Focal point for France")
    focal.follow("button", "Send answer of France")
    focal.says("France")


def _enter_a_session(keys: Keys) -> None:
    """Enter a session with one who takes part, in a row that is added."""
    keys.open("/admin/agenda/session/")
    keys.follow("link", re.compile("^Add session"))
    keys.to("textbox", "Title").type("A walk by keyboard")
    for part, hour in (("Starts", "0915"), ("Ends", "0945")):
        for name, digits in (("date", "31032025"), ("time", hour)):
            keys.to_element(keys.page.get_by_label(f"{part}: {name}"), f"{part}: {name}").press(*digits)
    keys.to("button", re.compile("^Add another participant", re.I)).press("Enter")
    row = keys.page.locator(".form-row:not(.empty-form) .field-party .select2-selection").last
    keys.find(row, "the delegation of the new row", "France", back=True)
    keys.follow("button", "Save", exact=True)
    keys.says("A walk by keyboard")


def test_invitations_and_their_answer_and_a_session(visitor: Make) -> None:
    organiser, focal = somebody(visitor, "organiser@summit.example"), somebody(visitor, width=390)
    _invite(organiser)
    _follow_the_letter(organiser, focal)
    _enter_a_session(organiser)
    focal.open("/portal/")
    focal.to_element(focal.page.locator("summary").first, "the menu").press("Enter")
    focal.follow("link", "Agenda", exact=True)


def test_a_speakers_list_is_made_timed_and_put_in_order(visitor: Make) -> None:
    keys = somebody(visitor, "organiser@summit.example")
    keys.open("/admin/agenda/session/?q=reports+from+the+working")
    keys.follow("link", PLENARY)
    with keys.page.expect_navigation():
        keys.to_element(keys.page.locator("#speakers .section-head a"), "the speakers’ list").press("Enter")
    keys.follow("link", re.compile("^Create list from protocol order"))
    keys.follow("button", "Create list")
    # Past the speeches of 46 parties.
    keys.to("link", "Times and requests").press("Enter")
    keys.to("spinbutton", "Minutes per speech").type("4")
    keys.follow("button", "Save times")
    keys.says("Times saved; ")
    rows, said = keys.page.locator("tr[data-key]"), keys.page.locator("form [role=status]")
    number, names = rows.count(), rows.locator("th").all_inner_texts()
    # One press moves and saves it; a screen reader is told where it is now, and the focus stays with it.
    keys.to_element(rows.nth(1).locator("button[value^=up]"), "the second speech's way up").press("Enter")
    expect(said).to_have_text(re.compile(f"^{re.escape(names[1])} is now number 1 of {number}, at about "))
    assert keys.page.evaluate("document.activeElement.value").startswith("down:")
    # No press is lost, however fast they come.
    keys.press("Enter", "Enter")
    expect(said).to_have_text(re.compile(f"^{re.escape(names[1])} is now number 3 of {number}, at about "))
    keys.page.reload()
    assert rows.locator("th").all_inner_texts() == [names[0], names[2], names[1], *names[3:]]


def _decide(keys: Keys, decision: str, note: str, reason: str) -> None:
    """Unfold a decision that is rare, give its reason and take it."""
    keys.to_element(keys.page.locator("summary", has_text=decision), f"“{decision}”, folded").press("Enter")
    keys.to("textbox", note).type(reason)
    keys.follow("button", decision)


def test_a_text_from_its_first_word_to_its_withdrawal(visitor: Make) -> None:
    officer, approver = somebody(visitor, "press@summit.example"), somebody(visitor, "approver@summit.example")
    officer.open("/admin/")
    officer.follow("link", "Add text")
    # Chromium itself says what is missing, and leads there.
    officer.to("button", "Save draft").press("Enter")
    assert officer.page.evaluate("document.activeElement.matches(':invalid')")
    officer.choose("combobox", "Type", "statement")
    officer.to("textbox", "Title").type("Said by keyboard")
    officer.to("textbox", "Text").type("Words that no mouse has touched.")
    officer.follow("button", "Save draft")
    address = officer.page.url
    officer.follow("button", "Submit for review")
    approver.open(address)
    approver.follow("button", "Approve edition")
    approver.says("approved")
    officer.open(address)
    officer.radio("in 2 minutes")
    officer.follow("button", "Schedule")
    officer.says("under embargo")
    _decide(officer, "Hold text", "Reason for the hold", "The wording is asked about.")
    officer.says("The wording is asked about.")
    officer.follow("button", "Release hold")
    approver.open(address)
    _decide(approver, "Withdraw text", "Reason for withdrawal", "It will not be said.")
    approver.says("It will not be said.")


def test_what_is_spoken_is_marked_by_single_keys_and_given_from_the_days_run(visitor: Make) -> None:
    officer = somebody(visitor, "press@summit.example")
    officer.open("/admin/press/text/add/")
    speech = officer.page.get_by_role("combobox", name="Speech")
    officer.find(speech, "the speech", "Minister of the Interior, Italy")
    officer.to("textbox", "Title").type("Words of Italy")
    officer.to("textbox", "Text").type("One as read.\n\nTwo left out.\n\nThree otherwise.\n\nFour is the last.")
    officer.follow("button", "Save draft")
    officer.to_element(officer.page.locator("summary", has_text="Publication time"), "the moment, folded").press(
        "Enter"
    )
    officer.radio("when the speech is delivered")
    officer.follow("button", "Schedule")
    officer.follow("link", "Check against delivery")
    passages = officer.page.locator(".passage")
    officer.to_element(passages.first, "the first passage")
    for number, (keys, said) in enumerate([("a", "as written"), ("s", "not spoken")]):
        expect(passages.nth(number)).to_be_focused()
        officer.press(keys)
        expect(passages.nth(number)).to_contain_text(re.compile(rf"{said} \d\d:\d\d:\d\d"))
    expect(passages.nth(2)).to_be_focused()
    officer.press("c").type("Three, and more.").press("ControlOrMeta+Enter")
    expect(passages.nth(2)).to_contain_text("Three, and more.")
    # From the last one the focus goes nowhere else: a mark that was pressed by mistake is taken back by a key.
    officer.press("ArrowDown", "s")
    expect(passages.nth(3)).to_contain_text("not spoken")
    expect(passages.nth(3)).to_be_focused()
    officer.press("u")
    expect(passages.nth(3)).not_to_contain_text("not spoken")
    expect(passages.nth(3)).to_be_focused()
    second = days_of(Act.AHEAD, datetime.now(UTC)).first + timedelta(days=1)
    officer.open(f"/admin/press/text/run/?summit=border-security-2025&day={second}")
    officer.follow("button", re.compile("^Mark speech as delivered.*Words of Italy"))
    officer.says("Speech marked as delivered. It can’t be published until it is approved.")
    officer.follow("link", re.compile("^Mon "))
    officer.follow("link", "Embargo calendar")
