"""The HTML part of a mail: the same words as its text, in the summit's dress, with nothing to load."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import cycle
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.utils.safestring import SafeString
from lxml import html

from summit.core.languages import RIGHT_TO_LEFT_MARK, direction
from summit.outbox import html_part, mail_emblem, text_markup
from summit.outbox.html_part import dark_theme, light_theme, with_html
from summit.outbox.message_kinds import KINDS
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits import colours, emblem
from summit.summits.models import Summit
from tests import factories as f
from tests.module_fixtures import once_a_module
from tests.sources import ROOT, text
from tests.summit.outbox.message_samples import FACTS, WITHOUT_FACTS, sample
from tests.summit.summits.test_emblem import noise

pytestmark = pytest.mark.django_db
KINDS_SENT = sorted(set(KINDS) - {WITHOUT_FACTS})
BASE = settings.BASE_URL
ALLOWED = {"body", "table", "tbody", "tr", "td", "th", "p", "br", "a", "b", "bdi", "span", "ul", "li", "img"}


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(name="Summit of <i>Borders</i> & Seas", accent="#ffe14d")


@once_a_module
def dressed() -> Summit:
    """A summit with an emblem of as many bytes as one may have."""
    found = f.SummitFactory(name="Summit of <i>Borders</i> & Seas", accent="#ffe14d")
    emblem.store(summit=found, content=noise(), by=f.UserFactory.with_role(Role.ORGANISER, found))
    return found


def parsed(message: Message) -> EmailMessage:
    found = message_from_bytes(with_html(message), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def part_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def page_of(mail: EmailMessage) -> Any:
    return html.document_fromstring(part_of(mail, "html").encode(), parser=html.HTMLParser(encoding="utf-8")).body


def words(said: str) -> str:
    """Return what a text says, without the spaces and hyphens that only separate its parts."""
    return "".join(said.replace(RIGHT_TO_LEFT_MARK, "").replace("-", "").split())


def check_words(mail: EmailMessage, name: str) -> None:
    """The HTML has the words of the text in their order, and the summit's name above them."""
    page = page_of(mail)
    (head,) = page.xpath("//td[@class='head']")
    assert words(head.text_content()) == words(name)
    head.drop_tree()
    for comment in page.xpath("//comment()"):
        comment.drop_tree()
    assert words(page.text_content()) == words(part_of(mail, "plain"))


def test_control_other_words_are_found(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    message = sample("place_free", summit)
    shown = text_markup.blocks
    monkeypatch.setattr(html_part, "blocks", lambda said: shown(said)[1:])
    with pytest.raises(AssertionError):
        check_words(parsed(message), summit.name)


def test_control_names_that_are_not_escaped_become_tags(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    message = sample("place_free", summit)
    monkeypatch.setattr(text_markup, "linked", SafeString)
    assert page_of(parsed(message)).xpath("//b[@onclick] | //img[starts-with(@src, 'https:')]") != []


# Each kind in one language, and the longest in the other direction too.
IN_LANGUAGES = [
    *zip(KINDS_SENT, cycle(["en", "ar", "fr"]), strict=False),
    ("agenda_change", "ar"),
    ("invitation", "ar"),
]


@pytest.mark.parametrize(("kind", "language"), IN_LANGUAGES)
def test_each_kind(kind: str, language: str, dressed: Summit) -> None:
    """The words of the text, no tag of a name, nothing to load, no way elsewhere, and short enough."""
    mail = parsed(sample(kind, dressed, language))
    check_words(mail, dressed.name)
    page = page_of(mail)
    tree = page.getparent()
    assert (tree.get("lang"), tree.get("dir")) == (language, direction(language))
    assert page.xpath("//td[@class='foot']//p"), "it says why one gets it"
    # Names are words: no tag or attribute is theirs, and the only picture is the emblem, which comes with the mail.
    assert {element.tag for element in page.iter(html.etree.Element)} <= ALLOWED
    assert page.xpath("//*[@onclick] | //i") == []
    (picture,) = tree.xpath("//img/@src")
    (part,) = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (f"<{picture.removeprefix('cid:')}>", part.get_content_disposition()) == (part["Content-ID"], "inline")
    assert tree.xpath("//link | //script | //iframe | //*[@background] | //*[@srcset]") == []
    styles = tree.xpath("string(//head)") + "".join(tree.xpath("//@style"))
    assert [word for word in ("url(", "@import") if word in styles] == []
    addresses = set(tree.xpath("//a/@href"))
    assert all(address.startswith((f"{BASE}/", "mailto:")) for address in addresses), addresses
    # Each address is shown as it is: none is told apart by its reader.
    assert all(link.text_content() == link.get("href").removeprefix("mailto:") for link in tree.xpath("//a"))
    # Mail programs cut a longer one, and slow lines wait for it.
    documents = sum(len(bytes(part)) for part in mail.walk() if part.get_content_type() == "application/pdf")
    assert len(bytes(mail)) - documents < html_part.LARGEST == 100_000


def test_every_kind_has_a_sample() -> None:
    assert set(FACTS) == set(KINDS_SENT)


# --- structure ------------------------------------------------------------------------------------------------------
def structure(part: Any) -> Any:
    kind = part.get_content_subtype()
    return (kind, [structure(each) for each in part.iter_parts()]) if part.is_multipart() else kind


HTML = ("related", ["html", "png"])
WITH_EMBLEM = {
    "invitation": ("mixed", [("alternative", ["plain", HTML]), "pdf"]),
    "reminder": ("alternative", ["plain", HTML]),
    "agenda_change": ("mixed", [("alternative", ["plain", HTML]), *["calendar"] * 2]),
    "one change": ("alternative", ["plain", HTML, "calendar"]),
}


@pytest.mark.parametrize("case", WITH_EMBLEM)
def test_parts_are_where_mail_programs_look(case: str, dressed: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.summit.outbox.message_samples.SESSIONS", 1 if case == "one change" else 2)
    message = sample("agenda_change" if case == "one change" else case, dressed)
    mail = parsed(message)
    assert structure(mail) == WITH_EMBLEM[case]
    boundaries = [part.get_boundary() for part in mail.walk() if part.is_multipart()]
    assert len(set(boundaries)) == len(boundaries)
    related = next(part for part in mail.walk() if part.get_content_subtype() == "related")
    assert related.get_param("type") == "text/html"
    assert (mail["MIME-Version"], mail["Content-Language"]) == ("1.0", "en")
    # What the stored mail has besides its text is unchanged, and so is its head.
    before = message_from_bytes(bytes(message.rendered or b""), policy=policy.default)
    assert files_of(before) == files_of(mail)
    own = ("Content-Type", "Content-Transfer-Encoding", "Content-Language", "MIME-Version")
    assert [each for each in before.items() if each[0] not in own] == [e for e in mail.items() if e[0] not in own]


def files_of(mail: Any) -> list[Any]:
    return [part.get_payload() for part in mail.walk() if part.get_content_subtype() in ("calendar", "pdf")]


def test_each_attempt_has_the_same_bytes_and_stores_none_of_them(summit: Summit) -> None:
    message = sample("invitation", summit)
    stored = bytes(message.rendered or b"")
    assert with_html(message) == with_html(message)
    assert (message.rendered, b"<html" in stored) == (stored, False)


def test_what_makes_no_page_or_too_long_a_one_is_text(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    message = sample("place_free", summit)
    # The control: by itself it has a page, and without an emblem the name stands alone.
    assert structure(parsed(message)) == ("alternative", ["plain", "html"])
    assert page_of(parsed(message)).xpath("//img") == []
    with monkeypatch.context() as patched:
        patched.setattr(html_part, "LARGEST", 1000)
        assert with_html(message) == message.rendered
    monkeypatch.setattr(html_part, "html_of", lambda *args, **more: 1 / 0)
    assert with_html(message) == message.rendered
    # A page that a mail has already is left.
    mail = EmailMultiAlternatives("S", "t", "f@host.example", ["a@x.example"])
    mail.attach_alternative("<p>t</p>", "text/html")
    mail.send()
    stored = Message.objects.get(address="a@x.example")
    assert with_html(stored) == stored.rendered


def test_a_mail_of_the_library_has_the_frame_too() -> None:
    send_mail("Code é", "Your code: 1234\n\n--\nSummit\nsummit.example\n", "from@host.example", ["zoe@land.example"])
    mail = parsed(Message.objects.get())
    check_words(mail, "Summit")
    assert page_of(mail).xpath("string(//td[@class='foot'])").split() == ["Summit", "summit.example"]


# --- text to HTML ---------------------------------------------------------------------------------------------------
def test_blocks_of_a_text() -> None:
    said = "One\ntwo\n\n- a\n- b\n\n    1234 5678\n\n* note\n"
    assert [(block.form, block.html.replace("<br>\n", "|")) for block in text_markup.blocks(said)] == [
        ("paragraph", "One|two"),
        ("list", "a|b"),
        ("apart", "1234 5678"),
        ("note", "* note"),
    ]
    assert text_markup.split_footer(f"{RIGHT_TO_LEFT_MARK}a\n--\nb\n--\nwhy\n") == ("a\n--\nb", "why")
    assert text_markup.split_footer("a\n") == ("a", "")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"At {BASE}/i/a-b_c/.", f'At <a href="{BASE}/i/a-b_c/" dir="ltr">{BASE}/i/a-b_c/</a>.'),
        ("To a.b@x.example.", 'To <a href="mailto:a.b@x.example" dir="ltr">a.b@x.example</a>.'),
        ("https://evil.example/x", "https://evil.example/x"),
        (f"{BASE}.evil.example/x", f"{BASE}.evil.example/x"),
        (f'{BASE}/"onclick=x', f'<a href="{BASE}/" dir="ltr">{BASE}/</a>&quot;onclick=x'),
        (f"{BASE}/?a=1&b=<2>", f'<a href="{BASE}/?a=1&amp;b=" dir="ltr">{BASE}/?a=1&amp;b=</a>&lt;2&gt;'),
    ],
)
def test_only_own_addresses_are_links(line: str, shown: str) -> None:
    assert text_markup.linked(line) == shown


# --- colours and emblem ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("accent", ["#ffe14d", "#000000", "#ffffff", "#1d4f91"])
def test_colours_are_those_of_the_pages_and_can_be_read(accent: str) -> None:
    sheet = text(ROOT / "static/css/summit.css")
    for number, theme in enumerate((light_theme(accent), dark_theme(accent))):
        for name in ("ground", "raised", "ink", "muted", "rule"):
            assert re.findall(rf"--{name}: (#\w+);", sheet)[number] == getattr(theme, name)
        for ink in (theme.ink, theme.muted, theme.accent):
            assert colours.contrast(ink, theme.ground) >= colours.TEXT


def test_the_emblem_is_small_and_read_once(dressed: Summit, django_assert_num_queries: Any) -> None:
    assert mail_emblem.emblem_of(f.SummitFactory()) is None
    with django_assert_num_queries(1):
        found = mail_emblem.emblem_of(dressed)
    with django_assert_num_queries(0):
        assert mail_emblem.emblem_of(dressed) == found
    assert found is not None
    assert (found.width, found.height) == (40, 40)
    assert len(found.content) <= mail_emblem.LARGEST
