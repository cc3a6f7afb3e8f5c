"""The README's tour, walked for its pictures."""

import re

from playwright.sync_api import Browser, Page

from tools.running import Running
from tools.shots import coming, running_day
from tools.shots.camera import Camera
from tools.shots.people import Walker, london

SLUG = "border-security-2025"
LARGE = "ocean-summit"
ADDRESS = "Opening address by the Prime Minister"
WORKING = "Supply chains and enablers"
BILATERAL = "Tunisia and France"
CANCELLED = "Criminal finances"
PLENARY = "Plenary: reports from the working sessions"
SIZES = ("--delegations", "60", "--sessions", "48", "--people", "240", "--texts", "60")


class Tour:
    """The tour of the demonstration, from the first letter to the published text."""

    def __init__(self, browser: Browser, system: Running, camera: Camera) -> None:
        self.system = system
        self.reader, self.organiser, self.focal, self.embassy, self.officer, self.approver, self.protocol = (
            Walker(browser, system, camera) for _number in range(7)
        )
        self.liaison = Walker(browser, system, camera)
        self.text = ""

    def walk(self) -> None:
        """Take everything, in the order of the tour."""
        self.at_the_door()
        self.invite()
        self.answer()
        self.name_who_comes()
        self.release()
        self.change()
        self.on_the_day()
        self.write()
        self.publish()
        self.at_the_desk()

    def at_the_door(self) -> None:
        """Pages for whoever is not signed in."""
        reader = self.reader
        reader.take("public-before", f"/{SLUG}/")
        reader.take("press-empty", f"/{SLUG}/press/")
        reader.take("sign-in", "/accounts/login/")
        reader.take("password-forgotten", "/accounts/password/reset/")
        reader.take("not-found", f"/{SLUG}/nothing-here/")
        reader.take("components", "/dev/components/")
        reader.take("code-ask", "/portal/sign-in/")
        reader.page.locator("#mailbox").fill("focal@summit.example")
        reader.press("Send code")
        reader.take("code-enter")

    def invite(self) -> None:
        """The organiser invites 48 delegations."""
        organiser = self.organiser
        organiser.sign_in("organiser")
        organiser.take("second-steps", "/accounts/2fa/")
        page = organiser.open("/accounts/2fa/totp/activate/")
        page.locator("main [name=password]").fill(organiser.password)
        organiser.press("Confirm with your password")
        organiser.take("second-step-app")
        organiser.take("browsers", "/accounts/sessions/")
        organiser.take("desk-start", "/admin/")
        organiser.press("delegations are not invited yet", exact=False)
        organiser.take("invite")
        page = organiser.press("Send 48 invitations")
        organiser.until(page.url, lambda shown: shown.get_by_text("55 of 55").count() > 0)
        organiser.take("invited")
        organiser.mail("focal@summit.example")
        organiser.take("letter")
        organiser.take("mailbox", "/dev/mail/")

    def answer(self) -> None:
        """France answers by its letter; protocol records what others said."""
        letter = self.organiser.mail("focal@summit.example").inner_text("main")
        # The letter opens the portal in its own language.
        page = self.focal.open(coming.link_in(letter))
        page.goto(f"{page.url}?lang=en")
        self.focal.take("invitation")
        page.locator("#answer").check()
        page.get_by_label("Your name and office").fill("Focal point for France")
        self.focal.press("Send answer of France")
        self.focal.take("answered")
        self.focal.take("portal-answered", "/portal/")
        protocol = self.protocol
        protocol.sign_in("protocol")
        coming.on_paper(protocol)
        coming.after_paper(self.embassy, self.organiser.mail("protocol@germany.example").inner_text("main"))

    def name_who_comes(self) -> None:
        """France names people, and puts another in its head's place."""
        coming.numbers(self.organiser)
        coming.who_comes(self.focal)

    def release(self) -> None:
        """The first release of the agenda."""
        organiser = self.organiser
        organiser.open("/admin/")
        organiser.press("Preview the first release", exact=False)
        organiser.take("release-first")
        organiser.press("Release agenda 1")
        self.reader.take("public-grid", f"/{SLUG}/agenda/grid/")
        self.reader.take("public-agenda", f"/{SLUG}/agenda/", paper=True)
        self.reader.press(WORKING)
        self.reader.take("public-session")
        self.focal.take("portal-agenda", "/portal/agenda/", paper=True)

    def change(self) -> None:
        """One session moves, one is cancelled; those whom it touches are told."""
        organiser = self.organiser
        self._open_session(BILATERAL)
        organiser.press("Move session")
        organiser.take("session-move")
        self._move("14:00")
        self._open_session(CANCELLED)
        organiser.press("Cancel session")
        organiser.press("Cancel session")
        organiser.take("session-cancelled")
        page = self._open_session(PLENARY)
        organiser.take("session")
        organiser.take("speakers", f"{page.url.partition('?')[0]}speakers/")
        organiser.open("/admin/")
        organiser.press("Preview the next release", exact=False)
        organiser.take("release-second")
        organiser.press("Release agenda 2")
        self.reader.take("public-changes", f"/{SLUG}/agenda/changes/")
        organiser.until("/dev/mail/?q=focal@summit.example", lambda page: page.locator("main tbody tr").count() > 2)
        organiser.mail("focal@summit.example")
        organiser.take("change-mail")

    def on_the_day(self) -> None:
        """A session of France is about to begin."""
        organiser = self.organiser
        self._open_session(WORKING)
        organiser.press("Move session")
        self._move(f"{london(30):%H:%M}", f"{london(30):%Y-%m-%d}")
        organiser.open("/admin/")
        organiser.press("Preview the next release", exact=False)
        organiser.press("Release agenda 3")
        self.focal.take("portal-day", "/portal/")
        self.focal.take("portal-changes", "/portal/changes/")
        self.focal.open("/portal/agenda/")
        self.focal.press(WORKING)
        self.focal.take("portal-session")
        self.focal.open("/portal/agenda/")
        self.focal.press(PLENARY)
        self.focal.take("portal-floor")
        running_day.run(organiser, self.focal)
        coming.liaison(self.liaison, organiser)

    def _open_session(self, title: str) -> Page:
        self.organiser.open(f"/admin/agenda/session/?q={title}")
        return self.organiser.press(title)

    def _move(self, time: str, day: str = "") -> None:
        """Move the session whose form is open to another time, and to another day where one is given.

        Its end moves with it.
        """
        page = self.organiser.page
        if day:
            page.locator("[name=starts_at_0]").fill(day)
        page.locator("[name=starts_at_1]").fill(time)
        self.organiser.press("Save: Time and room")
        page.wait_for_url("**#time-and-room")

    def write(self) -> None:
        """A text from draft to approval."""
        officer, approver = self.officer, self.approver
        officer.sign_in("press")
        officer.take("texts", "/admin/press/text/")
        page = officer.first("/admin/press/text/?q=prime-minister")
        self.text = page.url
        officer.take("text-draft")
        officer.press("Edit text")
        officer.take("text-edit")
        body = page.locator("textarea[name=body]")
        body.fill(body.input_value().replace("Let us begin.", "Let us begin our work."))
        officer.press("Save and submit for review")
        officer.take("text-review")
        approver.sign_in("approver")
        approver.take("text-approve", self.text)
        approver.press("Approve edition")
        officer.take("text-approved", self.text)

    def publish(self) -> None:
        """It waits for its moment, and is out; what else there is goes out at once."""
        officer = self.officer
        self._set_moment(f"{london(90):%Y-%m-%dT%H:%M:%S}")
        officer.take("text-embargo", self.text)
        officer.take("desk-press", "/admin/")
        officer.open(self.text).get_by_text("Publication time", exact=True).click()
        self._set_moment()
        officer.take("text-out", self.text)
        self._also_out("arrivals-and-opening")
        self._also_out("communique")
        self.reader.take("press", f"/{SLUG}/press/")
        self.reader.press(ADDRESS)
        self.reader.take("press-text", paper=True)
        self.reader.take("public-home", f"/{SLUG}/", paper=True)
        officer.mail("newsdesk@daily.example")
        officer.take("press-mail")

    def _set_moment(self, moment: str = "") -> None:
        """Let the text that is open go out at a moment, or at once."""
        page = self.officer.page
        page.get_by_label("at a set time" if moment else "now", exact=True).check()
        if moment:
            for part, value in enumerate(moment.split("T")):
                page.locator(f"[name=moment_{part}]").fill(value)
        self.officer.press("Schedule")

    def _also_out(self, slug: str) -> None:
        address = self.officer.first(f"/admin/press/text/?q={slug}").url
        self.officer.press("Submit for review")
        self.approver.open(address)
        self.approver.press("Approve edition")
        self.officer.open(address)
        self._set_moment()

    def at_the_desk(self) -> None:
        """What the desks work with all day."""
        organiser, summit = self.organiser, f"?summit={SLUG}"
        self.protocol.take("desk-protocol", f"/admin/{summit}")
        organiser.take("desk-later", f"/admin/{summit}")
        organiser.take("search", "/admin/search/?q=france")
        organiser.take("palette", f"/admin/{summit}", prepare=_palette)
        organiser.take("parties", "/admin/delegations/party/")
        page = organiser.first("/admin/delegations/party/?q=France")
        organiser.take("party")
        coming.lists(self.protocol)
        organiser.take("history", page.url.partition("?")[0] + "history/")
        organiser.first("/admin/summit/person/?q=Camille+Exemple")
        organiser.take("person-desk")
        organiser.take("emblem", f"/admin/emblem/{SLUG}/")
        organiser.take("sessions", "/admin/agenda/session/")
        organiser.take("board", "/admin/agenda/session/board/")
        organiser.take("messages", "/admin/outbox/message/")
        organiser.take("audit", "/admin/summit/auditentry/")
        organiser.open("/admin/jobs/")
        organiser.press("Verify audit log")
        job = page.url
        organiser.until(job, lambda shown: shown.get_by_text("entries verified").count() > 0)
        organiser.take("work-done")
        organiser.take("work", "/admin/jobs/")
        self.system.manage("demo", "--slug", LARGE, *SIZES)
        self.reader.sign_in("organiser", f"{LARGE}.example")
        self.reader.take("desk-charts", f"/admin/?summit={LARGE}")


def _palette(page: Page) -> None:
    """Open the palette by its key, and look for France."""
    page.keyboard.press("/")
    with page.expect_response(lambda answer: "q=France" in answer.url):
        page.keyboard.type("France")
    page.wait_for_function("document.querySelector('#palette-results a')")


def first_steps(browser: Browser, system: Running, camera: Camera) -> None:
    """An empty installation, from its first account to its first invitation."""
    found = re.search(r"http://\S+", system.manage("create_first_account", "you@ministry.example"))
    if found is None:
        raise LookupError("No link for the first account.")
    you = Walker(browser, system, camera)
    page = you.open(found.group())
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(you.password)
    you.press("Set password")
    you.sign_in("you", "ministry.example")
    you.take("empty-home", "/admin/")
    you.press("Create summit")
    you.take("step-summit")
    _fill(you, NEW)
    you.press("Create summit")
    you.take("step-venue")
    _fill(you, {"name": "Palácio da Ajuda", "rooms": "Plenary hall; 200\nRoom B; 20\nRoom C"})
    you.press("Save venue and rooms")
    you.take("step-team")
    page.locator("#id_team-0-email").fill("maria@ministry.example")
    page.locator("#id_team-0-role").select_option("protocol")
    you.press("Add colleagues")
    you.take("step-parties")
    _fill(
        you, {"lines": "France; mission@france.example; fr\nKenya; mission@kenya.example\nTunisia; t@t.example; ar"}
    )
    you.press("Add these delegations")
    you.take("step-letter", page.url)
    you.press("Send the invitation to France")
    you.take("steps-done", "/admin/")


NEW = {
    "name": "Ocean Summit of Ministers 2027",
    "short_name": "Ocean Summit",
    "host": "Portugal",
    "starts_on": "2027-06-01",
    "ends_on": "2027-06-03",
    "place": "Lisbon",
    "time_zone": "Europe/Lisbon",
    "accent": "#0b6e5f",
}


def _fill(walker: Walker, values: dict[str, str]) -> None:
    for name, value in values.items():
        walker.page.locator(f"main [name={name}]").fill(value)
