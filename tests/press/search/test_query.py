"""What is found by which words, in each language: the same on both databases."""

import itertools
import sqlite3
from typing import Any

import pytest
from django.core.checks import registry
from django.core.management import call_command
from django.test import Client

from delegations.parties.selectors import party_names
from press.public.filters import FilterResult, narrowed
from press.published_texts import selectors as published_texts_selectors
from press.search import checks, documents, highlight, tokens
from press.search import query as query_search
from press.search import services as search_services
from press.search.full_text_index import Holds
from press.search.models import SearchEntry, SearchWord
from press.search.params import SearchParams
from press.texts.models.editions import Edition
from press.texts.models.texts import TextKind
from press.texts.services import editions, texts
from summit.core.languages import language_choices
from summit.core.process_cache import forget_all
from summit.summits.models import Summit
from tests.factories import PartyNameFactory, SummitFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import add_edition, add_language, ago, make_embargo, make_text, officer
from tests.press.test_visibility import everything

pytestmark = pytest.mark.django_db
# By a name: language, title, body.
TEXTS = {
    "en": (
        "en",
        "Secured borders",
        "Smugglers were **stopped** at the [frontier](https://x.example). Cooperation helps.",
    ),
    "en2": ("en", "Closing remarks", "We thank the President of Ukraine, Volodymyr Zelenskyy, for his words."),
    "fr": ("fr", "Les élections en Géorgie", "De l’Europe à l’Asie, la sécurité des frontières nous concerne tous."),
    "ar": ("ar", "كلمة عن الأمن", "إن أمن الْحُدُودِ مسؤولية الوزراء في إيران والعراق، وبالتعاون نكافح المهربين."),
    "ar2": ("ar", "عن الهجرة", "حدود آمنة وهجرة منظمة."),
    "zh": ("zh", "部长讲话", "我们讨论边境安全问题，打击走私网络。"),
    "ru": ("ru", "Мировой порядок", "Безопасность границ и борьба с контрабандой. Ёлка."),
    "es": ("es", "La migración irregular", "Las acciones de los países en las fronteras."),
    "tr": ("tr", "Sınırların güvenliği", "İstanbul ve Iğdır’da kaçakçılıkla mücadele."),
    "sq": ("sq", "Sigurimi i kufijve", "Shqipëria dhe Kosova bashkëpunojnë."),
    "ja": ("ja", "国境管理について", "密輸ネットワークと闘う。"),
    "th": ("th", "ความมั่นคงชายแดน", "ประเทศของเรา"),
}
# (query, what is found): with and without accents, endings, articles, marks, spaces.
FOUND: list[tuple[str, set[str]]] = [
    ("border", {"en"}),
    ("SMUGGLER stops", {"en"}),
    ("frontier", {"en", "fr"}),
    ("x.example", set()),
    # Without its accents one is the other's stem.
    ("frontières", {"fr", "en"}),
    ("élection géorgie", {"fr"}),
    ("l'Europe", {"fr"}),
    ("حدود", {"ar", "ar2"}),
    ("الحُدُود", {"ar", "ar2"}),
    ("للحدود", {"ar", "ar2"}),
    # "Safe" comes of the same root as "safety".
    ("الأمن", {"ar", "ar2"}),
    ("والأمن", {"ar", "ar2"}),
    ("العراق", {"ar"}),
    ("تعاون", {"ar"}),
    ("مهربون الوزراء", {"ar"}),
    ("هجرة", {"ar2"}),
    ("والهجرة", {"ar2"}),
    ("边境安全", {"zh"}),
    ("走私 部长", {"zh"}),
    ("边", {"zh"}),
    ("边全", set()),
    ("國境", set()),
    ("国境", {"ja"}),
    ("ネットワーク", {"ja"}),
    ("ﾈｯﾄﾜｰｸ", {"ja"}),
    ("ชายแดน", {"th"}),
    ("граница", {"ru"}),
    ("ГРАНИЦЫ безопасности", {"ru"}),
    ("мирового", {"ru"}),
    ("елка", {"ru"}),
    ("migracion", {"es"}),
    ("accion pais", {"es"}),
    ("sinirlarin guvenligi", {"tr"}),
    ("istanbul", {"tr"}),
    ("IĞDIR", {"tr"}),
    ("shqiperia kosova", {"sq"}),
    # Words fail: parts of words, and mistyped ones.
    ("Zelenski", {"en2"}),
    ("Volodimir", {"en2"}),
    ("smugler", {"en"}),
    ("shqip", {"sq"}),
    ("контробанда", {"ru"}),
    ("xylophone", set()),
    ("", set(TEXTS)),
    ("a b", set()),
    ("**", set()),
    ("\"'()*: AND OR NOT NEAR {terms} & | ! <->", set()),
]


@once_a_module
def summit() -> Summit:
    summit: Summit = SummitFactory()
    embargo = make_embargo(summit, ago(2))
    for key, (language, title, body) in TEXTS.items():
        make_text(summit=summit, embargo=embargo, slug=f"text-{key}", language=language, title=title, body=body)
    return summit


def look(summit: Summit, query: str, **chosen: Any) -> FilterResult:
    return narrowed(summit, SearchParams(query, **chosen), party_names.book(summit))


def keys(shown: FilterResult) -> list[str]:
    known = dict(Edition.objects.values_list("pk", "version__text__slug"))
    return [known[key].removeprefix("text-") for key in shown.keys]


def test_words_find_the_same_in_each_language(summit: Summit) -> None:
    assert {query: set(keys(look(summit, query))) for query, _hits in FOUND} == dict(FOUND)


# Besides words in many languages, what the indexes' own query languages would read as operators.
SYNTAX = (
    "sec*",
    "NEAR(borders frontier)",
    "title_terms : borders",
    "-borders",
    "^secured",
    "bord:*",
    "'",
    '"',
    "\\",
    "a'b",
)


def test_a_search_finds_the_same_whether_it_reads_what_it_found_or_all(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [*(query for query, _hits in (*FOUND, *QUOTED) if query), *SYNTAX]
    chosen = [{"language": "fr"}, {"kind": "transcript", "language": "en"}, {"topic": "x"}]

    def results() -> list[FilterResult]:
        forget_all()
        return [
            *(look(summit, query) for query in asked),
            *(look(summit, query, chosen=each) for query in ("border", "frontier", "Zelenski") for each in chosen),
        ]

    few = results()
    # Nothing but the found editions was read, unless a filter names a value that none of them has.
    forget_all()
    look(summit, "border")
    assert len(documents._KEPT) == 0
    monkeypatch.setattr(documents, "FEW", -1)
    assert results() == few
    assert len(documents._KEPT) == 1


def test_the_index_finds_what_looking_through_all_entries_does(summit: Summit) -> None:
    entries = list(SearchEntry.objects.values_list("pk", "terms"))
    for query in (*(query for query, _hits in FOUND), *SYNTAX):
        groups = [one.terms for one in tokens.wanted(query, ["ar", "en", "fr", "sq", "zh"])]
        if groups:
            held = SearchEntry.objects.filter(Holds("terms", groups)).values_list("pk", flat=True)
            through = {pk for pk, terms in entries if all(group & set(terms.split()) for group in groups)}
            assert set(held) == through, query


def test_a_word_like_one_of_a_hidden_text_takes_as_many_queries_as_any(
    django_assert_num_queries: Any,
) -> None:
    summit = SummitFactory()
    make_text(summit=summit, moment=ago(1), title="Open")
    make_text(summit=summit, moment=ago(-1), title="Xylophones")
    for query in ("xylophonse", "accordion"):
        with django_assert_num_queries(3):
            found = query_search.ask(summit, query, ["en"], lambda _wanted, _loosely: None)
        assert (found.editions, found.guessed) == ({}, False)


def test_control_without_stems_and_folds_much_is_missed(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("press.search.tokens.forms", lambda word, language, written=True: frozenset({word}))
    SearchWord.objects.all().delete()
    search_services.rebuild(summit=summit)
    missed = [query for query, hits in FOUND[:12] if set(keys(look(summit, query))) != hits]
    assert len(missed) > 3


def test_only_a_guess_is_called_one(summit: Summit) -> None:
    exact, guess, none = (look(summit, query).found for query in ("borders", "Zelenski", "xylophone"))
    assert (exact.guessed, guess.guessed, bool(none.editions)) == (False, True, False)


def test_what_has_the_words_in_its_title_comes_first_then_the_newest() -> None:
    summit = SummitFactory()
    for age, slug, title, body in (
        (4, "old-title", "On borders", "x y."),
        (3, "body", "Other", "On the borders."),
        (2, "many", "Other", "Borders, borders, borders."),
        (1, "new-title", "Border talks", "x y."),
    ):
        make_text(summit=summit, moment=ago(age), slug=slug, title=title, body=body)
    assert keys(look(summit, "border")) == ["new-title", "old-title", "many", "body"]


def test_nothing_that_is_not_out_changes_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    summit = SummitFactory()
    public = make_text(summit=summit, moment=ago(1), slug="open", title="Open", body="Smugglers at the border.")
    lists = [f"/{summit.slug}/press/?q={query}" for query in ("border", "bordre", "secret", "secrte")]
    before = [Client().get(path).content for path in lists]
    for state, moment in (("draft", ago(1)), ("approved", ago(-1)), ("in_review", ago(1))):
        words = {"title": "Secret border", "body": "A secret of bordre."}
        make_text(summit=summit, state=state, moment=moment, speech=True, **words)
    add_edition(public.version, state="draft", title="Secret", body="Secret bordre.")
    add_language(public.version.text, "fr", state="draft", title="Secret", body="Secret border.")
    assert [Client().get(path).content for path in lists] == before
    # Control: without the predicate the hidden are found.
    for module in (published_texts_selectors, documents):
        monkeypatch.setattr(module, "public_editions", everything)
    forget_all()
    assert Client().get(lists[0]).content.count(b"<article") > before[0].count(b"<article") == 1


def test_a_correction_is_found_by_its_own_words_once_it_is_out() -> None:
    summit = SummitFactory()
    edition = make_text(summit=summit, moment=ago(5), decided_at=ago(6), slug="one", body="Seven ships.")
    words = {"title": "T", "body": "Eight boats.", "change_note": "Number."}
    correction = editions.draft(version=edition.version, based_on=1, by=officer(summit), **words)
    assert (keys(look(summit, "ships")), keys(look(summit, "boats"))) == (["one"], [])
    approved = {"state": "approved", "decided_by": edition.decided_by, "decided_at": ago(1)}
    Edition.objects.filter(pk=correction.pk).update(**approved)
    assert (keys(look(summit, "ships")), keys(look(summit, "boats"))) == ([], ["one"])


def test_a_translation_is_found_and_a_text_stands_once(summit: Summit) -> None:
    english = Edition.objects.get(version__text__slug="text-en")
    french = add_language(english.version.text, "fr", title="Des contrebandiers arrêtés", body="Smugglers.")
    assert keys(look(summit, "contrebandier")) == ["en"]
    assert look(summit, "contrebandier").keys == (french.pk,)
    # Both languages have it: the authoritative one stands for the text.
    assert look(summit, "smugglers").keys == (english.pk,)
    assert look(summit, "smugglers", chosen={"language": "fr"}).keys == (french.pk,)


def test_a_speech_is_found_by_who_gave_it_and_for_whom() -> None:
    summit = SummitFactory()
    edition = make_text(summit=summit, moment=ago(1), speech=True, slug="speech", body="x y.")
    slot = edition.version.text.slot
    assert slot is not None
    slot.speaker.name, slot.party.name = "Şefika Öztürk", "Germany"
    slot.speaker.save()
    slot.party.save()
    PartyNameFactory(party=slot.party, language="fr", name="Allemagne")
    asked = ("ozturk", "Germany", "allemagne sefika", "Oztruk", "nobody")
    assert [keys(look(summit, query)) for query in asked] == [["speech"]] * 4 + [[]]


def test_the_page_marks_what_was_looked_for(summit: Summit) -> None:
    def page(query: str) -> str:
        return Client().get(f"/{summit.slug}/press/?q={query}").content.decode()

    assert "<mark>Smugglers</mark> were <mark>stopped</mark> at the frontier." in page("smuggler+stop")
    guessed = page("Zelenski")
    assert "Volodymyr <mark>Zelenskyy</mark>, for his words." in guessed
    assert "No exact matches" in guessed


def test_what_is_found_follows_rows_that_change_and_comes_back_when_they_are_rebuilt(summit: Summit) -> None:
    def stored() -> tuple[set[str], int]:
        rows = SearchEntry.objects.filter(edition__version__text__summit=summit)
        terms = {term for row in rows.values_list("terms", flat=True) for term in row.split()}
        return terms, SearchWord.objects.filter(summit=summit).count()

    before, other = stored(), make_text(moment=ago(1), title="Elsewhere borders")
    SearchEntry.objects.filter(edition__version__text__slug="text-en").update(terms="en_xylophon", title_terms="")
    assert (keys(look(summit, "xylophones")), keys(look(summit, "smugglers"))) == (["en"], [])
    SearchEntry.objects.filter(edition__version__text__summit=summit).delete()
    SearchWord.objects.filter(summit=summit).delete()
    assert keys(look(summit, "border")) == []
    call_command("rebuild_search", "--summit", summit.slug)
    assert keys(look(summit, "border")) == ["en"]
    assert stored() == before
    assert SearchEntry.objects.filter(edition=other).count() == 1


def test_every_edition_that_is_saved_can_be_found() -> None:
    summit = SummitFactory()
    by = officer(summit)
    words = {"title": "Uno", "body": "Dos tres."}
    text = texts.create_text(summit=summit, kind=TextKind.STATEMENT, language="en", by=by, **words)
    version = texts.add_language(text=text, language="fr", by=by, **words)
    editions.draft(version=version, based_on=1, title="Deux", body="Trois.", by=by)
    rows = Edition.objects.filter(version__text=text)
    assert SearchEntry.objects.filter(edition__in=rows).count() == rows.count() == 3


QUOTED: list[tuple[str, set[str]]] = [
    ('"cooperation helps"', {"en"}),
    ('"helps cooperation"', set()),
    ("“Cooperation helps”", {"en"}),
    ("«sécurité des frontières»", {"fr"}),
    # Without accents, over marks of Markdown, and with other words beside it.
    ('"securite des frontieres"', {"fr"}),
    ('"were stopped at the frontier"', {"en"}),
    ('smugglers "secured borders"', {"en"}),
    # A title and what follows it stand apart, and so do paragraphs.
    ('"borders smugglers"', set()),
    ('"边境安全"', {"zh"}),
    ('"安全边境"', set()),
    ('"مسؤولية الوزراء"', {"ar"}),
    # One word, or a mark that is open, is no phrase.
    ('"border"', {"en"}),
    ('cooperation "helps', {"en"}),
]


def test_what_stands_in_quotation_marks_is_found_as_it_stands(summit: Summit) -> None:
    for query, wanted in QUOTED:
        assert set(keys(look(summit, query))) == wanted, query
    # What has the words apart is counted.
    assert look(summit, '"helps cooperation"').found.apart == 1
    assert look(summit, '"cooperation helps"').found.apart == 0


FILLER = "Other words that say nothing of it. " * 20
FEW = f"Food is one thing. {FILLER} Security is another."
MANY = f"Food security matters. {FILLER} Food security again, and food security."


def ranked(*texts: tuple[float, str]) -> Summit:
    """Make a summit with texts T0, T1, ... by how many hours they are out, and their words."""
    made: Summit = SummitFactory()
    embargoes = {hours: make_embargo(made, ago(hours)) for hours, _body in texts}
    for number, (hours, body) in enumerate(texts):
        make_text(summit=made, embargo=embargoes[hours], title=f"T{number}", body=body)
    forget_all()
    return made


def titles(summit: Summit, query: str = "food security") -> list[str]:
    known = dict(Edition.objects.filter(version__text__summit=summit).values_list("pk", "title"))
    return [known[key] for key in look(summit, query).keys]


def test_of_what_came_out_at_one_moment_what_has_most_of_the_words_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    summit = ranked((1, MANY), (1, FEW))
    assert titles(summit) == ["T0", "T1"]
    assert titles(summit, '"food security"') == ["T0"]
    # What isn't out has no part in the order, and what is newer comes first whatever it has.
    for _number in range(3):
        make_text(summit=summit, body=FEW, moment=None)
    assert titles(summit) == ["T0", "T1"]
    assert titles(ranked((1, FEW), (2, MANY))) == ["T0", "T1"]
    # The control: by their keys the other came first.
    monkeypatch.setattr(query_search, "RANKED", 0)
    assert titles(summit) == ["T1", "T0"]


def test_each_language_finds_its_own_words() -> None:
    texts = ("Border Straße d’été", "حدود الأمن", "границы", "边境", "σύνορα", "सीमा सुरक्षा", "국경 안보")
    for text, (language, _name) in itertools.product(texts, language_choices()):
        known = tokens.terms(text, language)
        assert all(not one.terms.isdisjoint(known) for one in tokens.wanted(text, [language]))
        assert all(" " not in term for term in known)


def test_a_query_has_an_end() -> None:
    assert len(tokens.wanted(" ".join(f"word{n}" for n in range(99)), ["en"])) == tokens.MOST
    assert tokens.wanted("", ["en"]) == tokens.wanted(" - ’ a", ["en"]) == []
    assert [one.word for one in tokens.wanted("x" * 500, ["en"])] == ["x" * tokens.LONGEST_QUERY]
    assert all(len(term) <= tokens.LONGEST + 3 for term in tokens.terms("x" * 5000, "en"))


BODY = (
    "# On *borders*\n\nFirst we [thank you](https://x.example/borders). " + "Nothing happens here. " * 40
    + "Then **smugglers** were stopped at the border by officers. " + "Nothing happens there. " * 40
)  # fmt: skip


def excerpt(body: str, query: str, language: str = "en") -> str:
    return str(highlight.excerpt(body, language, tokens.wanted(query, [language])))


def test_an_excerpt_shows_the_place_with_most_of_what_was_looked_for() -> None:
    shown = excerpt(BODY, "border smuggler")
    assert "<mark>smugglers</mark> were stopped at the <mark>border</mark> by officers." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) < highlight.LENGTH + 120
    assert excerpt(BODY, "border").startswith("On <mark>borders</mark> First we thank you")
    assert excerpt(BODY, "xylophone") == ""


def test_an_excerpt_begins_and_ends_between_words() -> None:
    inside = excerpt(BODY, "officers").strip("…").replace("<mark>", "").replace("</mark>", "")
    assert f" {inside} " in f" {highlight.bare(BODY)} "


@pytest.mark.parametrize(
    ("text", "query", "language", "expected"),
    [
        ("我们讨论边境安全问题", "边境安全", "zh", "我们讨论<mark>边境安全</mark>问题"),
        ("إن أمن الْحُدُودِ لنا", "حدود", "ar", "إن أمن <mark>الْحُدُودِ</mark> لنا"),
        ("L’ÉTÉ <b>", "ete b", "fr", "L’<mark>ÉTÉ</mark> &lt;b&gt;"),
        ("A & B", "zz", "en", "A &amp; B"),
        ("border", "border", "en", "<mark>border</mark>"),
    ],
)
def test_marks(text: str, query: str, language: str, expected: str) -> None:
    assert highlight.marked(text, language, tokens.wanted(query, [language])) == expected


def test_a_long_text_without_spaces_is_cut() -> None:
    shown = excerpt("空" * 1000 + "边境" + "空" * 1000, "边境", "zh")
    assert "<mark>边境</mark>" in shown
    assert len(shown) < highlight.LENGTH + 60


class Unable:
    """A connection to an SQLite that was built without FTS5."""

    def execute(self, _statement: str) -> None:
        raise sqlite3.OperationalError("no such module: fts5")

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("engine", "named"), [("django.db.backends.sqlite3", ["press.E001"]), ("django.db.backends.postgresql", [])]
)
def test_an_sqlite_that_cannot_search_is_named(
    monkeypatch: pytest.MonkeyPatch, engine: str, named: list[str]
) -> None:
    assert checks.check_full_text_search in registry.registry.get_checks()
    monkeypatch.setattr(checks, "settings", type("S", (), {"DATABASES": {"default": {"ENGINE": engine}}}))
    assert checks.check_full_text_search(None) == []
    monkeypatch.setattr(checks.sqlite3, "connect", lambda _path: Unable())
    assert [error.id for error in checks.check_full_text_search(None)] == named
