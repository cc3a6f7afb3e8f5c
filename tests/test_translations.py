"""The catalogues: exactly the source's texts, compiled as they stand, complete, and whole in each translation."""

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache

import polib
import pytest

from tests.ratchets import at, broken, hold, of_words, table
from tests.sources import matching, text, tree
from tools import catalogues
from tools.catalogues import LANGUAGES, compiled, merge, path_of, spaced, text_of
from tools.msgids import extract

pytestmark = pytest.mark.once

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd]|\{\w+\}")
ARABIC = re.compile(r"[\u0621-\u064a]")
LATIN = re.compile(r"[A-Za-z]{2,}")
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
# The forms that stand for several numbers. In French the first stands for none and for one.
MANY = {"fr": {1}, "ar": {3, 4, 5}}
# Of these two a form names the one that goes with its number.
ONE_OF_TWO = {"%(one)s", "%(many)s"}
# The same words in French; dates and formats are the same in both.
DATES = {"j M Y", "j M", "D j M", "D j M Y", "j F Y", "l j F Y"}
SAME = {
    "fr": {
        *re.findall(
            r"\S+",
            """
        Actions badge Badges badges Code code communiqué contact Contacts contacts correction Dari date Description
        document Documents documents embargo Europe Filipino format Formats installation installations intact
        Invitation invitation invitations Invitations Kosovo laissez-passer Lao Menu message messages minutes mission
        Navigation Notes Page participants Participants Places places Programme programme Public question Quota quota
        quotas Quotas SAML secret Session session Sessions sessions signature Somali Source Summit Total total Type
        type version webhook webhooks Webhooks Yoruba zone Zones zones
            """,
        ),
        *("%(minutes)s minute", "%(n)d badge", "%(n)d minute", "%(n)s ms", "%(number)d minute"),
        *("%(number)d participant", "%(number)s %(one)s", "%(number)s document", "%(number)s minute"),
        *("%(time)s UTC", "OpenID Connect", "j F Y", "l j F Y", "note verbale"),
    },
    "ar": {
        *("%(label)s:", "%(label)s: %(error)s", "%(name)s: %(about)s", "%(what)s:", "OpenID Connect"),
        *("SAML", "Summit", "j F Y", "l j F Y"),
    },
}
# What has no word in it, and the system's name.
NO_WORDS = {
    *(*DATES, "Summit", "“%(title)s”", "%(name)s: %(about)s", "%(day)s, %(time)s", "%(what)s:", "%(label)s:"),
    *("%(number)s %(one)s", "%(label)s: %(error)s"),
    # Names of protocols.
    *("OpenID Connect", "SAML"),
}
# Names, examples of addresses, and words of protocols, which are written so in Arabic too; what HTTP calls its
# headers and the API its fields.
WRITTEN_SO = set(
    re.findall(
        r"\w+",
        """
    OpenID Connect SAML SingleSignOnService SingleLogoutService HTTP Redirect PEM NameID acr amr AuthnContextClassRef
    mfa https persistent format urn oasis names tc nameid SSO PROVIDERS oidc saml foreign ministry
    Summit Europe London UTC border security opening address expect office mission example multipart form data iso
    CSV UTF XLSX DIGEST LENGTH GET HEAD ISO PDF Markdown VALARM JPEG PNG WebP Word Excel PowerPoint OpenDocument DOCX
    RTF HTML JSON XML json xml schedule frab pretalx guid id HTTP HTTPS Standard Webhooks webhook timestamp signature
    Allow Authorization Bearer CSRF CSRFToken ETag Idempotency Key If Match Retry After ASCII application errors rows
    API true false next previous ZIP FRA fr docx Atom
    """,
    )
)
MAKE = "Run `make messages`, and translate what is new."
HOUSE = "One term for one idea: docs/glossary.md. A formula that others give, add to ALLOWED in this module."


read = cache(catalogues.read)


def entries(language: str) -> list[polib.POEntry]:
    """Return what is translated; the rest is listed by `make check`, and no release has it."""
    return [entry for entry in read(language) if catalogues.is_translated(entry)]


def said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.mark.slow("reads every module and template for texts, and writes the whole catalogue")
def test_each_has_exactly_the_texts_of_the_source() -> None:
    texts = extract(text=text)
    for language in LANGUAGES:
        stands = path_of(language).read_text(encoding="utf-8")
        assert text_of(merge(catalogues.read(language), texts)) == stands, MAKE


# Words and turns that the texts on screen don't have, with what is written instead (docs/glossary.md, on screen).
BANNED = {
    r"[Pp]art(?:y|ies)": "delegation",
    r"[Pp]lease": "nothing",
    r"successfully": "nothing",
    r"[Ii]nvalid": "what is wrong, and what to do",
    r"[Ss]tands?|[Ss]tood": "the state, or “is”",
    r"[Nn]obody|[Aa]nybody": "“No … yet”, or no one",
    r"[Ss]omebody": "someone",
    r"[Ee]verybody": "everyone",
    r"[Ww]ho(?:m|so)?ever": "who, or “the person who”",
    r"(?:(?:[Bb]y|[Ff]or|[Ff]rom|[Oo]f|[Tt]o|[Ww]ith) )?[Ww]hom": "a noun (“Sender”), or “the person who …”",
    r"[Aa]new|[Oo]nce more": "again",
    r"[Mm]eanwhile|[Ll]ately": "since, or recently",
    r"[Aa]ny more|[Nn]o more than": "no longer, or at most",
    r"opens? (?:nothing|it no more)": "no longer works",
    r"[Dd]ead": "cancelled",
    r"[Oo]verpass(?:es)?": "transferable pass",
    r"[Ee]-mails?|[Mm]ails?(?! server)": "email",
    r"[Mm]ailbox(?:es)?": "email address",
    r"[Pp]rograms?": "API client, or application",
    r"[Ll]ong work": "background job",
    r"Empty:": "“Leave blank to …”",
    r"(?<!in a )[Mm]oments?": "time",
    r"(?:asks?|asked) for the floor|[Rr]equests? for the floor": "ask, or request, to speak",
    r"[Kk]inds? of (?!delegation)": "type",
    r"(?:goes?|went|going) out": "is published, or sent",
    r"(?:take|takes|took|taken) (?:off|away)": "remove",
    r"(?:has|have) to": "must",
    r"(?<!There )(?<!there )(?:is|are) no(?= (?!longer|one))": "is not a",
}
# The same in the translations: one term for one idea.
BANNED_IN = {
    "fr": {
        r"[Bb]rouillons?": "projet",
        r"[Bb]ureau de presse": "service de presse",
        r"ordre du jour": "programme",
        r"e-mails?|[Mm]ails?": "courriel",
        r"[Aa]larmes?": "alerte",
        r"[Ll]ettres? de soutien": "lettre d’appui",
        r"[Cc]onflits? d’horaires?": "conflit de programmation",
        r"[Pp]oints? de contact": "point focal",
    },
    "ar": {
        r"(?:ال|لل)?شار(?:ة|ات)": "بطاقة",
        r"(?:ال|ل|لل)?جدول الأعمال": "برنامج العمل",
        r"صندوق (?:ال)?بريد|صناديق (?:ال)?بريد": "عنوان بريد",
        r"(?:ال)?إنذار": "تنبيه",
        r"(?:ال)?تحذير(?:ات)?": "تعارض",
        r"نقطة اتصال|نقاط الاتصال": "منسق اتصال",
    },
}
# What has one of these all the same, and why.
ALLOWED = {
    "To whom it may concern,": "the formula of letters",
    "the mailbox is full": "of a mail server",
    "the message is too large for the mailbox": "of a mail server",
    "the mailbox does not accept email": "of a mail server",
    "Development mailbox": "a page that only developers see",
    "Check your email": "in Arabic the mailbox is looked into",
}
# How many words a sentence has at most, and a help text as a whole; what has more, and why.
LONGEST = 20
LONG = {
    "Leave a blank line between paragraphs. A paragraph with an unknown value is left out. A paragraph with a link "
    "appears only in the email.": "three rules, and no other place for them",
    "{host} confirms that {person} is invited to the {summit}, to be held in {place} {dates}, as a member of the "
    "delegation of {party}.": "a letter, in the form that embassies know",
}


def banned(text: str, words: Mapping[str, str] = BANNED) -> list[str]:
    """Return what is written instead of each word or turn in a text that isn't used on screen."""
    plain = "" if text in ALLOWED else PLACEHOLDER.sub("", text)
    found = ((re.search(rf"(?<!\w)(?:{word})(?!\w)", plain), instead) for word, instead in words.items())
    return [f"write {instead} for “{match.group()}” in “{text}”" for match, instead in found if match]


def wrong(todo: str, language: str, found: Iterable[tuple[polib.POEntry, object]]) -> list[str]:
    """Return lines about entries of a catalogue, each with what is wrong there."""
    return broken(todo, ((f"locale/{language}/LC_MESSAGES/django.po:{entry.linenum}", said) for entry, said in found))


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?:])\s+", re.sub(r"<[^>]+>", "", text))


def help_texts() -> set[str]:
    """Return the English help texts of fields in models, serializers and forms."""
    found = set()
    for path in matching(re.compile("help_text")):
        for node in ast.walk(tree(path)):
            given = [node.value] if isinstance(node, ast.keyword) and node.arg == "help_text" else []
            if isinstance(node, ast.Assign):
                given = [node.value for each in node.targets if getattr(each, "attr", "") == "help_text"]
            parts = (part for value in given for part in ast.walk(value))
            found |= {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found


def test_one_word_for_one_thing() -> None:
    parts = [part for entry in read("fr") for part in (entry.msgid, entry.msgid_plural)]
    hold(broken(HOUSE, [(of_words(part), said) for part in parts for said in banned(part)]))
    # The control.
    assert banned("Invite the party") == ["write delegation for “party” in “Invite the party”"]
    texts = ("%(party)s is invited", "There is no “x”", "“x” is no mailbox", "Nobody stands here", "from whom it is")
    assert [len(banned(each)) for each in texts] == [0, 0, 2, 2, 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_word_for_one_thing_in_translations(language: str) -> None:
    texts = [(entry, text) for entry in entries(language) if entry.msgid not in ALLOWED for text in said(entry)]
    found = [(entry, each) for entry, text in texts for each in banned(text, BANNED_IN[language])]
    hold(wrong(HOUSE, language, found))


def test_sentences_and_help_texts_are_short() -> None:
    texts = {part for entry in read("fr") for part in (entry.msgid, entry.msgid_plural)}
    long = {text for text in texts if any(len(each.split()) > LONGEST for each in sentences(text))}
    long |= {text for text in help_texts() if len(text.split()) > LONGEST}
    todo = "Make two sentences of it, or say less. A form of words that is given, add to {table}."
    hold(table({each: each in LONG or of_words(each) for each in long}, LONG, f"{__file__} LONG", todo))
    # The control.
    assert [len(each.split()) for each in sentences("Enter a name. It is <b>shown</b> to all: yes.")] == [3, 5, 1]
    assert "Shown to the delegation." in {*texts, *help_texts()}


@pytest.mark.parametrize("language", LANGUAGES)
class TestEach:
    def test_is_compiled_as_it_stands(self, language: str) -> None:
        assert path_of(language).with_suffix(".mo").read_bytes() == compiled(read(language)), MAKE

    def test_nothing_is_guessed_and_what_is_left_is_marked(self, language: str) -> None:
        guessed = [(entry, entry.msgid) for entry in read(language) if entry.fuzzy or entry.obsolete]
        marked = [(entry, catalogues.MARK in entry.tcomment) for entry in read(language)]
        unmarked = [(entry, entry.msgid) for entry, mark in marked if mark == catalogues.is_translated(entry)]
        hold(wrong("Translate it, and take “fuzzy” off.", language, guessed), wrong(MAKE, language, unmarked))

    def test_placeholders_are_those_of_the_source(self, language: str) -> None:
        differing = []
        for entry in entries(language):
            known = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
            # A form that stands for one number alone may say it as a word; the others say every number.
            needed = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) - ONE_OF_TWO
            for form, translation in enumerate(said(entry)):
                found = set(PLACEHOLDER.findall(translation))
                says_all = not entry.msgid_plural or form in MANY[language]
                if found - known or (says_all and needed - found):
                    differing.append((entry, f"“{translation}” of “{entry.msgid}”"))
        hold(wrong("Write each %(name)s or {name} of the English text, and no other.", language, differing))

    def test_plural_forms_are_those_of_the_language(self, language: str) -> None:
        catalogue = read(language)
        assert catalogue.metadata["Plural-Forms"] == PLURALS[language]
        forms = int(PLURALS[language][9])
        counted = [(each, len(each.msgstr_plural)) for each in catalogue if each.msgid_plural]
        hold(wrong(f"Write {forms} forms.", language, [each for each in counted if each[1] != forms]))

    def test_a_translation_is_not_its_source(self, language: str) -> None:
        same = [entry for entry in entries(language) if entry.msgid in {*said(entry)} - SAME[language]]
        todo = f"Translate it. A word that is the same in {language}, add to SAME ({at(__file__, 'SAME =')})."
        hold(wrong(todo, language, [(entry, f"“{entry.msgid}”") for entry in same]))


def words_of(text: str) -> str:
    """Return a translation without what is no word of it: placeholders, tags, addresses."""
    return re.sub(r"%\(\w+\)[sd]|\{\w+\}|<[^>]*>|&\w+;|\S+@\S+|https?://\S+|fonts-\S+", "", text)


def test_no_line_is_broken_before_a_french_mark() -> None:
    breaking = [(entry, text) for entry in entries("fr") for text in said(entry) if spaced(text) != text]
    hold(wrong("Run `make messages`: it puts spaces that break no line before : ; ! ? ».", "fr", breaking))
    # The control: it finds what a hand types, and leaves what is no mark of a sentence.
    assert spaced("« Oui » : non ; qui ? 14:30") == "«\u00a0Oui\u00a0»\u00a0: non\u202f; qui\u202f? 14:30"


def test_arabic_is_in_arabic_letters() -> None:
    arabic = entries("ar")
    named = [entry for entry in arabic if entry.msgid not in NO_WORDS]
    dates = [entry for entry in named if (entry.msgctxt or "").startswith("date")]
    bare = [each for each in named if each in dates or not all(ARABIC.search(words_of(text)) for text in said(each))]
    latin = [(each, word) for each in arabic for text in said(each) for word in LATIN.findall(words_of(text))]
    todo = f"Translate it. What has no word in it, add to NO_WORDS ({at(__file__, 'NO_WORDS =')})."
    write = f"Write it in Arabic. What Arabic writes so too, add to WRITTEN_SO ({at(__file__, 'WRITTEN_SO =')})."
    hold(
        wrong(todo, "ar", [(entry, f"“{entry.msgid}”") for entry in bare]),
        wrong(write, "ar", [(each, f"“{word}” in “{each.msgid}”") for each, word in latin if word not in WRITTEN_SO]),
    )
    # The control: it finds a Latin word, and leaves what is no word.
    assert LATIN.findall(words_of("أرسل mail إلى %(name)s <b>a@b.example</b>")) == ["mail"]
