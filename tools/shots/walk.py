"""The README's tour, walked for its pictures."""

import re

from playwright.sync_api import Browser

from tools.running import Running
from tools.shots import coming
from tools.shots.camera import Camera
from tools.shots.people import Walker, london

SLUG = "border-security-2025"
LARGE = "ocean-summit"
PLENARY = "Plenary: reports from the working sessions"
SIZES = ("--delegations", "60", "--sessions", "48", "--people", "240", "--texts", "60")


class Tour:
    """The tour of the demonstration, from the first letter to the published text."""

    def __init__(self, browser: Browser, system: Running, camera: Camera) -> None:
        self.system = system
        self.reader, self.organiser, self.focal, self.embassy, self.officer, self.approver, self.protocol = (
            Walker(browser, system, camera) for _number in range(7)
        )
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
        """The organiser invites 48 parties."""
        organiser = self.organiser
        organiser.sign_in("organiser")
        organiser.take("second-steps", "/accounts/2fa/")
        page = organiser.open("/accounts/2fa/totp/activate/")
        page.locator("main [name=password]").fill(organiser.password)
        organiser.press("Confirm with your password")
        organiser.take("second-step-app")
        organiser.take("browsers", "/accounts/sessions/")
        organiser.take("desk-start", "/admin/")
        organiser.press("Invite 48 parties", exact=False)
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
        organiser.press("Preview the next release", exact=False)
        organiser.take("release-first")
        organiser.press("Release agenda 1")
        page = self.reader.take("public-agenda", f"/{SLUG}/agenda/", paper=True)
        page.get_by_role("link", name="Supply chains and enablers").click()
        self.reader.take("public-session")
        self.focal.take("portal-agenda", "/portal/agenda/", paper=True)

    def change(self) -> None:
        """One session moves, one is cancelled; those whom it touches are told."""
        organiser = self.organiser
        page = organiser.open("/admin/agenda/session/?q=Tunisia+and+France")
        page.get_by_role("link", name="Tunisia and France").click()
        organiser.take("session-edit")
        page.locator("[name=starts_at_1]").fill("11:20")
        page.locator("[name=ends_at_1]").fill("11:40")
        organiser.press("Save")
        organiser.open("/admin/agenda/session/?q=Criminal+finances")
        organiser.press("Criminal finances")
        organiser.press("Cancel session")
        organiser.take("session-cancel")
        organiser.press(re.compile("^Cancel"))
        organiser.open("/admin/agenda/session/?q=reports+from+the+working")
        organiser.press(PLENARY)
        organiser.press(re.compile("^Speakers’ list"))
        organiser.take("speakers")
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
        organiser.open("/admin/agenda/session/?q=Supply+chains")
        page = organiser.press("Supply chains and enablers")
        starts, ends = london(30), london(105)
        for field, moment in (("starts_at", starts), ("ends_at", ends)):
            page.locator(f"[name={field}_0]").fill(f"{moment:%Y-%m-%d}")
            page.locator(f"[name={field}_1]").fill(f"{moment:%H:%M}")
        organiser.press("Save")
        organiser.open("/admin/")
        organiser.press("Preview the next release", exact=False)
        organiser.press("Release agenda 3")
        page = self.focal.take("portal-day", "/portal/")
        self.focal.take("portal-changes", "/portal/changes/")
        page.goto(f"{self.focal.base}/portal/agenda/")
        self.focal.press("Supply chains and enablers")
        self.focal.take("portal-session")
        self.focal.open("/portal/agenda/")
        self.focal.press(PLENARY)
        self.focal.take("portal-floor")

    def write(self) -> None:
        """A text from draft to approval."""
        officer, approver = self.officer, self.approver
        officer.sign_in("press")
        officer.take("texts", "/admin/press/text/")
        page = officer.open("/admin/press/text/?q=prime-minister")
        page.locator("#result_list tbody").get_by_role("link").first.click()
        self.text = page.url
        officer.take("text-draft")
        body = page.locator("textarea[name=body]")
        body.fill(body.input_value().replace("Let us begin.", "Let us begin our work."))
        officer.press("Save new edition")
        officer.press("Submit for review")
        officer.take("text-review")
        approver.sign_in("approver")
        approver.take("text-approve", self.text)
        approver.press("Approve edition")
        officer.take("text-approved", self.text)

    def publish(self) -> None:
        """It waits for its moment, and is out; what else there is goes out at once."""
        officer = self.officer
        page = officer.open(self.text)
        self._set_moment(f"{london(90):%Y-%m-%dT%H:%M:%S}")
        officer.take("text-embargo", self.text)
        officer.take("desk-press", "/admin/")
        officer.open(self.text)
        self._set_moment()
        officer.take("text-out", self.text)
        self._also_out("arrivals-and-opening")
        self._also_out("communique")
        page = self.reader.open(f"/{SLUG}/press/")
        self.reader.take("press")
        page.get_by_role("link", name="Opening address by the Prime Minister").first.click()
        self.reader.take("press-text", paper=True)
        self.reader.take("public-home", f"/{SLUG}/", paper=True)
        officer.mail("newsdesk@daily.example")
        officer.take("press-mail")

    def _set_moment(self, moment: str = "") -> None:
        """Let the text that is open go out at a moment, or at once."""
        page = self.officer.page
        page.get_by_label("at a set time" if moment else "now", exact=True).check()
        if moment:
            page.locator("[name=moment]").fill(moment)
        self.officer.press("Schedule")

    def _also_out(self, slug: str) -> None:
        page = self.officer.open(f"/admin/press/text/?q={slug}")
        page.locator("#result_list tbody").get_by_role("link").first.click()
        address = page.url
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
        organiser.take("parties", "/admin/delegations/party/")
        organiser.open("/admin/delegations/party/?q=France")
        page = organiser.page
        page.locator("#result_list tbody").get_by_role("link").first.click()
        organiser.take("party")
        coming.lists(self.protocol)
        organiser.take("history", page.url.partition("?")[0] + "history/")
        organiser.take("sessions", "/admin/agenda/session/")
        organiser.take("messages", "/admin/outbox/message/")
        organiser.take("audit", "/admin/summit/auditentry/")
        organiser.open("/admin/jobs/")
        organiser.press("Verify audit log")
        job = page.url
        organiser.until(job, lambda shown: shown.get_by_text("entries are whole").count() > 0)
        organiser.take("work-done")
        organiser.take("work", "/admin/jobs/")
        self.system.manage("demo", "--slug", LARGE, *SIZES)
        self.reader.sign_in("organiser", f"{LARGE}.example")
        self.reader.take("desk-charts", f"/admin/?summit={LARGE}")


def first_steps(browser: Browser, system: Running, camera: Camera) -> None:
    """An empty installation, from its first account to its first invitation."""
    found = re.search(r"http://\S+", system.manage("create_first_account", "you@ministry.example"))
    if found is None:
        raise LookupError("No link for the first account.")
    you = Walker(browser, system, camera)
    page = you.open(found.group())
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(you.password)
    page.locator("[name=password2]").press("Enter")
    page.wait_for_load_state()
    you.sign_in("you", "ministry.example")
    you.take("empty-home", "/admin/")
    you.press("Create summit")
    you.take("step-summit")
    _fill(you, NEW)
    you.press("Create summit")
    you.take("step-venue")
    _fill(you, {"name": "Palácio da Ajuda", "rooms": "Plenary hall; 200\nRoom B; 20\nRoom C"})
    you.press(re.compile("^Save"))
    you.take("step-team")
    page.locator("#id_team-0-email").fill("maria@ministry.example")
    page.locator("#id_team-0-role").select_option("protocol")
    you.press(re.compile("^Add these"))
    you.take("step-parties")
    _fill(
        you, {"lines": "France; mission@france.example; fr\nKenya; mission@kenya.example\nTunisia; t@t.example; ar"}
    )
    you.press(re.compile("^Enter these"))
    page.wait_for_load_state()
    you.take("step-letter", page.url)
    you.press(re.compile("^Send the invitation"))
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
