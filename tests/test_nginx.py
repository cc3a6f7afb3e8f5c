"""The shipped configuration of nginx agrees with the project's routes. `make test-release` runs it."""

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from sessions.documents.services.file_checks import LARGEST
from summit.api_base.request_files import LARGEST_FORM
from summit.permissions.route_access import Gate, access_of
from summit.public_base.public_pages import is_personal
from tests.attack.crawler import PART, routes

NGINX = Path(__file__).parent.parent / "deploy" / "nginx"
CONFIGURATION = "\n".join(
    line for line in (NGINX / "summit.conf").read_text().splitlines() if not line.strip().startswith("#")
)
TOKEN = "a1B2c3D4" * 6
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Location:
    """A location: how it is matched, with what, and what is said in it."""

    kind: str
    pattern: str
    said: str

    @property
    def keeps(self) -> bool:
        return "page-cache.conf" in self.said


LOCATIONS = [
    Location(kind.strip(), pattern, said)
    for kind, pattern, said in re.findall(
        r"location (= |\^~ |~ )?(\S+) \{(.*?)\}\n", CONFIGURATION.split("http2 on;")[1], flags=re.DOTALL
    )
]


def located(path: str) -> Location:
    """Return the location that nginx chooses for a path (its documentation of `location`)."""
    for each in LOCATIONS:
        if each.kind == "=" and each.pattern == path:
            return each
    prefixes = [each for each in LOCATIONS if each.kind in ("", "^~") and path.startswith(each.pattern)]
    longest = max(prefixes, key=lambda each: len(each.pattern))
    if longest.kind != "^~":
        for each in LOCATIONS:
            if each.kind == "~" and re.search(each.pattern, path):
                return each
    return longest


def addresses() -> dict[str, str]:

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name in ("token", "key"):
            return TOKEN
        return "fr" if name == "language" else "pdf" if name == "ending" else "1"

    return {route: "/" + PART.sub(value, route).strip("^$") for route in routes() if not route.startswith("dev/")}


ADDRESSES = addresses()


def logged(address: str) -> str:
    """Return how the access log names an address, by the same expressions."""
    for pattern, shown in re.findall(r'"~([^"]+)" "(\$summit_[^"]*)";', CONFIGURATION):
        found = re.search(pattern.replace("(?<", "(?P<"), f"GET {address} HTTP/1.1")
        if found:
            return Template(shown).substitute(found.groupdict()).removeprefix("GET ")
    raise AssertionError(address)


def test_each_location_is_an_address_of_ours() -> None:
    used = {located(address) for address in ADDRESSES.values()}
    assert {each.pattern for each in LOCATIONS if each not in used} == {"/static/"}


def test_pages_are_kept_that_are_the_same_for_everybody_and_no_others() -> None:
    public = {route for route in ADDRESSES if getattr(routes()[route], "is_public", False)}
    kept = {route for route, address in ADDRESSES.items() if located(address).keeps}
    # The API keeps what is public of it itself.
    ours = {route for route in public if not route.startswith("api/")}
    # Open pages of the portal ask for the first; of the second nginx is told nothing, so that it isn't kept.
    assert kept - ours == {"<slug:summit>/agenda/live/<slug:key>/", ".well-known/security.txt"}
    assert ours - kept == set()
    assert [route for route in kept if is_personal(f"/{route}")] == []


def test_no_token_is_logged() -> None:
    declared = {route: access_of(routes()[route]) for route in ADDRESSES}
    holders = {route for route, access in declared.items() if access and access.gate == Gate.HOLDER}
    assert len(holders) >= 5
    assert {route for route, address in ADDRESSES.items() if TOKEN in logged(address)} == set()
    # The error log has whole addresses. The key of a version opens nothing.
    silent = {route for route in holders if "no-error-log.conf" in located(ADDRESSES[route]).said}
    assert holders - silent == {"<slug:summit>/agenda/live/<slug:key>/"}
    # The key of a screen is shorter than other tokens, and words that somebody looked for are personal.
    assert logged("/s/screens/0123456789abcdefghij/content/") == "/s/screens/[hidden]"
    assert logged("/s/agenda/?q=name") == "/s/agenda/"
    # Control: what has no token is named whole.
    assert logged("/s/agenda/changes/") == "/s/agenda/changes/"


def test_uploads_come_through_to_the_applications_own_words() -> None:
    sizes = [int(each) for each in re.findall(r"client_max_body_size (\d+)m;", CONFIGURATION)]
    largest = max(sizes) * MEGABYTE
    # A form is longer than its file, and JSON a third longer in Base64, as the API says.
    assert largest > LARGEST_FORM > LARGEST
    for path in ("/admin/agenda/document/add/", "/portal/delegation/a/people/", "/api/v1/summits/s/desk/documents/"):
        assert f"client_max_body_size {max(sizes)}m" in located(path).said
    assert "client_max_body_size" not in located("/s/agenda/").said


def test_what_is_included_is_there() -> None:
    for path in (NGINX / "summit.conf", *NGINX.glob("summit/*.conf")):
        for name in re.findall(r"^\s*include (\S+);", path.read_text(), flags=re.MULTILINE):
            assert (NGINX / name).is_file(), (path.name, name)
    pages = re.findall(r"/_errors/(\d+\.html)", (NGINX / "summit" / "errors.conf").read_text())
    assert set(pages) == {path.name for path in NGINX.glob("summit/pages/*")}
