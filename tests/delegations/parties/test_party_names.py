"""One way to name a party, by language; names that are proposed; and the desk names parties as its reader does."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from delegations.parties.models.parties import Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import footnotes, party_names
from delegations.parties.selectors.party_names import NamedParty
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import text

pytestmark = pytest.mark.django_db


def substate(**more: Any) -> Party:
    party = f.PartyFactory(
        kind="substate", name="Kurdistan Regional Government", formal_name="Kurdistan Regional Government of Iraq",
        sort_key="Kurdistan", salutation="Mr Prime Minister,", footnote="Takes part without prejudice.",
        recognised=False, flag="none", **more,
    )  # fmt: skip
    french = {"name": "Gouvernement régional du Kurdistan", "footnote": "Participe sans préjudice."}
    f.PartyNameFactory(party=party, language="fr", sort_key="Kurdistan", **french)
    return party


def both(party: Party, language: str) -> NamedParty:
    """Return the party's name, asked for both ways: they are one."""
    policy = Policy.objects.of(party.summit)
    one = party_names.named(party, policy=policy, language=language)
    assert party_names.book(party.summit, language).of(party) == one
    return one


def test_in_each_language_a_party_is_called_as_its_name_there_stands() -> None:
    party = f.PartyFactory(name="France", formal_name="French Republic", salutation="Excellency,", iso_code="FR")
    english = ("France", "French Republic", "France", "Excellency,", "", "FR", "en")
    assert both(party, "en") == NamedParty(*english, recognised=True)
    arabic = ("فرنسا", "الجمهورية الفرنسية", "فرنسا", "صاحب المعالي،")
    names = dict(zip(("name", "formal_name", "sort_key", "salutation"), arabic, strict=True))
    f.PartyNameFactory(party=party, language="ar", **names)
    assert both(party, "ar") == NamedParty(*arabic, "", "FR", "ar")
    # Where a language has the short name alone it stands for the others.
    f.PartyNameFactory(party=party, language="fr", name="La France", footnote="")
    found = both(party, "fr")
    assert (found.formal_name, found.sort_key, found.salutation) == ("La France", "La France", "")
    # Without a name in a language the first one stands and says so. The salutation is left to the letter's template:
    # an English one in a German letter would be worse. A footnote is never left out.
    Party.objects.update(footnote="A note.")
    party.refresh_from_db()
    found = both(party, "de")
    assert (found.name, found.language, found.footnote, found.salutation) == ("France", "en", "A note.", "")
    assert both(party, "fr").footnote == "A note."


def test_a_party_that_is_no_country_is_named_with_its_footnote_and_without_flag_or_style() -> None:
    party = substate()
    found = name = both(party, "fr")
    assert (found.name, found.footnote) == ("Gouvernement régional du Kurdistan", "Participe sans préjudice.")
    assert (found.flag, found.salutation) == ("", "")
    # A book finds it by its key and by what is frozen, in the reader's language.
    with translation.override("fr"):
        found = party_names.book(party.summit)
    assert found.of(party) == found.of(party.pk) == found.of(None, "Kurdistan Regional Government") == name
    assert found.of(None, "Nobody") is None
    assert found.of(f.PartyFactory()) is None


def test_the_flag_is_the_partys_rule_and_the_summits() -> None:
    for rule, recognised, code, shows, flag in (
        *(("own", True, "FR", True, "FR"), ("own", True, "FR", False, ""), ("own", True, "", True, "")),
        # There is no picture of it.
        ("own", True, "QQ", True, ""),
        *(("none", True, "FR", True, ""), ("none", False, "FR", True, "")),
        *(("neutral", True, "FR", True, "neutral"), ("neutral", False, "FR", True, "neutral")),
        ("neutral", False, "FR", False, ""),
    ):
        party = f.PartyFactory(flag=rule, recognised=recognised, iso_code=code)
        f.PolicyFactory(summit=party.summit, shows_flags=shows)
        assert both(party, "en").flag == flag
    # The database refuses such a row (party_flag_of_recognised); the name doesn't rely on it.
    found = {known: party_names._flag(rule="own", code="FR", recognised=known, shown=True) for known in (True, False)}
    assert found == {True: "FR", False: ""}


def test_one_query_however_many_parties(summit: Summit, django_assert_num_queries: Any) -> None:
    for _each in range(2):
        f.PartyNameFactory.create_batch(2, party__summit=summit)
        with django_assert_num_queries(1):
            party_names.book(summit, "fr")
    row = Party.objects.select_related("summit").prefetch_related("names").first()
    policy = Policy.objects.of(row.summit)
    with django_assert_num_queries(0):
        party_names.named(row, policy=policy, language="fr")
        party_names.as_data(row, policy=policy)
        party_names.letter_facts(row, policy=policy, language="fr")


def ordered(summit: Summit, language: str, **more: Any) -> list[str]:
    return [row.name for row in party_names.in_order(Party.objects.filter(summit=summit), language, **more)]


def test_the_alphabet_is_that_of_the_reader_s_language_behind_who_is_ranked_by_hand(summit: Summit) -> None:
    for name, french in (("Germany", "Allemagne"), ("Sweden", "Suède")):
        f.PartyNameFactory(party__summit=summit, party__name=name, name=french)
    f.PartyFactory(summit=summit, name="Albania")
    assert ordered(summit, "en") == ["Albania", "Germany", "Sweden"]
    assert ordered(summit, "fr") == ["Albania", "Germany", "Sweden"]
    # Albania has no French name: its English key stands among the French ones, before Allemagne.
    Party.objects.filter(name="Albania").update(sort_key="Republic of Albania")
    assert ordered(summit, "fr") == ["Germany", "Albania", "Sweden"]
    Party.objects.filter(name="Sweden").update(protocol_order=1)
    assert ordered(summit, "en", protocol=True) == ["Sweden", "Germany", "Albania"]
    assert ordered(summit, "en") == ["Germany", "Albania", "Sweden"]
    names = [f.PartyFactory(name=name) for name in ("Égypte", "Espagne", "zambie", "Zimbabwe", "Eswatini")]
    found = sorted((both(party, "en") for party in names), key=lambda name: name.alphabetical)
    assert [name.name for name in found] == ["Égypte", "Espagne", "Eswatini", "zambie", "Zimbabwe"]


def test_footnotes_are_numbered_as_parties_are_named_and_equal_ones_are_one() -> None:
    kurdistan = substate()
    other = f.PartyFactory(summit=kurdistan.summit, footnote="Another note.")
    same = f.PartyFactory(summit=kurdistan.summit, footnote="Another note.")
    none = f.PartyFactory(summit=kurdistan.summit)
    names = [both(party, "en") for party in (none, other, kurdistan, same)]
    notes = footnotes.Footnotes()
    assert not notes
    assert [notes.mark(name) for name in names] == ["", "1", "2", "1"]
    assert notes.mark(None) == ""
    assert list(notes) == [("1", "Another note.", "en"), ("2", "Takes part without prejudice.", "en")]
    assert list(party_names.footnotes(names)) == list(notes)


PAGE = "/admin/delegations/names/here/?language=fr"


@pytest.fixture
def nameless(summit: Summit) -> Summit:
    f.PartyFactory(summit=summit, name="Germany", iso_code="DE")
    f.PartyFactory(summit=summit, name="European Union", kind="international")
    f.PartyFactory(summit=summit, name="Kosovo")
    f.PartyNameFactory(party__summit=summit, party__name="Spain", party__iso_code="ES", name="Espagne")
    return summit


def key(name: str) -> int:
    return Party.objects.get(name=name).pk


def test_what_is_ticked_is_taken_over_as_it_is_written(nameless: Summit, desk: Client) -> None:
    # What can't be taken over is said, and what was written stays.
    for written in ({}, {"take": "on", "name": " "}, {"take": "on", "name": "A\x07B"}):
        form = {f"{part}-{key('Germany')}": value for part, value in written.items()}
        response = desk.post(PAGE, {**form, f"name-{key('Kosovo')}": "Le Kosovo"})
        assert (response.status_code, bool(response.context["problem"])) == (400, True)
        assert 'value="Le Kosovo"' in text(response)
    assert PartyName.objects.count() == 1
    names = {"Germany": "Allemagne", "European Union": "Union européenne", "Kosovo": "Kosovo"}
    form = {f"name-{key(party)}": name for party, name in names.items()}
    form |= {f"take-{key(party)}": "on" for party in ("Germany", "European Union")}
    assert desk.post(PAGE, form).status_code == 302
    del names["Kosovo"]
    assert dict(PartyName.objects.values_list("party__name", "name")) == {"Spain": "Espagne", **names}
