"""One way to name a party: names by language, footnote, flag."""

from typing import Any

import pytest
from django.utils import translation

from delegations.domain import naming
from delegations.domain.naming import Named
from delegations.models import Party, Policy
from summit.models import Summit
from tests import factories as f

pytestmark = pytest.mark.django_db


def substate(**more: Any) -> Party:
    party = f.PartyFactory(
        kind="substate",
        name="Kurdistan Regional Government",
        formal_name="Kurdistan Regional Government of Iraq",
        sort_key="Kurdistan",
        salutation="Mr Prime Minister,",
        footnote="Takes part without prejudice.",
        recognised=False,
        flag="none",
        **more,
    )
    f.PartyNameFactory(
        party=party,
        language="fr",
        name="Gouvernement régional du Kurdistan",
        sort_key="Kurdistan",
        footnote="Participe sans préjudice.",
    )
    return party


def both(party: Party, language: str) -> Named:
    """Return the party's name, asked for both ways: they are one."""
    policy = Policy.objects.of(party.summit)
    one = naming.named(party, policy=policy, language=language)
    assert naming.book(party.summit, language).of(party) == one
    return one


def test_in_the_first_language_a_party_is_called_as_it_stands() -> None:
    party = f.PartyFactory(name="France", formal_name="French Republic", salutation="Excellency,", iso_code="FR")
    assert both(party, "en") == Named(
        "France", "French Republic", "France", "Excellency,", "", "FR", "en", recognised=True
    )


def test_in_another_language_its_name_there_stands() -> None:
    party = f.PartyFactory(name="France", formal_name="French Republic", salutation="Excellency,", iso_code="FR")
    f.PartyNameFactory(
        party=party,
        language="ar",
        name="فرنسا",
        formal_name="الجمهورية الفرنسية",
        sort_key="فرنسا",
        salutation="صاحب المعالي،",
    )
    assert both(party, "ar") == Named("فرنسا", "الجمهورية الفرنسية", "فرنسا", "صاحب المعالي،", "", "FR", "ar")


def test_where_a_language_has_the_short_name_alone_it_stands_for_the_others() -> None:
    party = f.PartyFactory(name="Germany", formal_name="Federal Republic", salutation="Excellency,")
    f.PartyNameFactory(party=party, name="Allemagne")
    found = both(party, "fr")
    assert (found.formal_name, found.sort_key, found.salutation) == ("Allemagne", "Allemagne", "")


def test_without_a_name_in_a_language_the_first_one_stands_and_says_so() -> None:
    party = f.PartyFactory(name="France", salutation="Excellency,", footnote="A note.")
    found = both(party, "de")
    # The salutation is left to the letter's template: an English one in a German letter would be worse.
    assert (found.name, found.language, found.footnote, found.salutation) == ("France", "en", "A note.", "")


def test_a_footnote_is_never_left_out() -> None:
    party = f.PartyFactory(footnote="A note.")
    f.PartyNameFactory(party=party, language="fr", footnote="")
    assert both(party, "fr").footnote == "A note."


def test_a_party_that_is_no_country_is_named_with_its_footnote_and_without_flag_or_style() -> None:
    found = both(substate(), "fr")
    assert (found.name, found.footnote, found.flag, found.salutation) == (
        "Gouvernement régional du Kurdistan",
        "Participe sans préjudice.",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("rule", "recognised", "code", "shows", "flag"),
    [
        ("own", True, "FR", True, "FR"),
        ("own", True, "FR", False, ""),
        ("own", True, "", True, ""),
        # There is no picture of it.
        ("own", True, "QQ", True, ""),
        ("none", True, "FR", True, ""),
        ("neutral", True, "FR", True, "neutral"),
        ("neutral", False, "FR", True, "neutral"),
        ("neutral", False, "FR", False, ""),
        ("none", False, "FR", True, ""),
    ],
)
def test_the_flag_is_the_partys_rule_and_the_summits(
    rule: str, recognised: bool, code: str, shows: bool, flag: str
) -> None:
    party = f.PartyFactory(flag=rule, recognised=recognised, iso_code=code)
    f.PolicyFactory(summit=party.summit, shows_flags=shows)
    assert both(party, "en").flag == flag


def test_an_unrecognised_party_has_no_flag_of_its_own_whatever_the_rule_says() -> None:
    # The database refuses such a row (party_flag_of_recognised); the name doesn't rely on it.
    found = {known: naming._flag(rule="own", code="FR", recognised=known, shown=True) for known in (True, False)}
    assert found == {True: "FR", False: ""}


def test_the_reader_s_language_is_the_one_asked_for() -> None:
    party = substate()
    with translation.override("fr"):
        assert naming.book(party.summit).of(party) == both(party, "fr")


def test_a_book_finds_by_key_and_by_what_is_frozen() -> None:
    party = substate()
    found = naming.book(party.summit, "fr")
    name = both(party, "fr")
    assert found.of(party.pk) == found.of(None, "Kurdistan Regional Government") == name
    assert found.of(None, "Nobody") is None
    assert found.of(f.PartyFactory()) is None


def test_one_query_however_many_parties(django_assert_num_queries: Any) -> None:
    summit = f.SummitFactory()
    for size in (2, 10):
        for _ in range(size):
            f.PartyNameFactory(party__summit=summit)
        with django_assert_num_queries(1):
            naming.book(summit, "fr")


def test_parties_with_their_names_and_summit_cost_no_query(django_assert_num_queries: Any) -> None:
    substate()
    row = Party.objects.select_related("summit").prefetch_related("names").get()
    policy = Policy.objects.of(row.summit)
    with django_assert_num_queries(0):
        naming.named(row, policy=policy, language="fr")
        naming.as_data(row, policy=policy)
        naming.letter_facts(row, policy=policy, language="fr")


def ordered(summit: Summit, language: str, **more: Any) -> list[str]:
    return [row.name for row in naming.in_order(Party.objects.filter(summit=summit), language, **more)]


def german_and_swedish() -> Summit:
    summit = f.SummitFactory()
    for name, french in (("Germany", "Allemagne"), ("Sweden", "Suède"), ("Albania", "")):
        party = f.PartyFactory(summit=summit, name=name)
        if french:
            f.PartyNameFactory(party=party, name=french)
    return summit


def test_the_alphabet_is_that_of_the_reader_s_language() -> None:
    summit = german_and_swedish()
    assert ordered(summit, "en") == ["Albania", "Germany", "Sweden"]
    assert ordered(summit, "fr") == ["Albania", "Germany", "Sweden"]
    # Albania has no French name: its English key stands among the French ones, before Allemagne.
    Party.objects.filter(name="Albania").update(sort_key="Republic of Albania")
    assert ordered(summit, "fr") == ["Germany", "Albania", "Sweden"]


def test_who_is_ranked_by_hand_stands_before_the_others() -> None:
    summit = german_and_swedish()
    Party.objects.filter(summit=summit, name="Sweden").update(protocol_order=1)
    assert ordered(summit, "en", protocol=True) == ["Sweden", "Albania", "Germany"]
    assert ordered(summit, "en") == ["Albania", "Germany", "Sweden"]


def test_neither_capitals_nor_accents_count_in_the_alphabet() -> None:
    names = [f.PartyFactory(name=name) for name in ("Égypte", "Espagne", "zambie", "Zimbabwe", "Eswatini")]
    found = sorted((both(party, "en") for party in names), key=lambda name: name.alphabetical)
    assert [name.name for name in found] == ["Égypte", "Espagne", "Eswatini", "zambie", "Zimbabwe"]


def test_footnotes_are_numbered_as_parties_are_named_and_equal_ones_are_one() -> None:
    kurdistan = substate()
    other = f.PartyFactory(summit=kurdistan.summit, footnote="Another note.")
    same = f.PartyFactory(summit=kurdistan.summit, footnote="Another note.")
    none = f.PartyFactory(summit=kurdistan.summit)
    names = [both(party, "en") for party in (none, other, kurdistan, same)]
    notes = naming.Footnotes()
    assert not notes
    assert [notes.mark(name) for name in names] == ["", "1", "2", "1"]
    assert notes.mark(None) == ""
    assert list(notes) == [("1", "Another note.", "en"), ("2", "Takes part without prejudice.", "en")]
    assert list(naming.footnotes(names)) == list(notes)


def test_a_letter_s_facts_and_the_data_say_the_same() -> None:
    party = substate()
    policy = Policy.objects.of(party.summit)
    assert naming.letter_facts(party, policy=policy, language="fr") == {
        "party": "Gouvernement régional du Kurdistan",
        "formal_name": "Gouvernement régional du Kurdistan",
        "party_language": "fr",
        "party_salutation": "",
        "footnote": "Participe sans préjudice.",
        "flag": "",
        "recognised": False,
        "is_delegation": True,
    }
    assert naming.as_data(party, policy=policy) == {
        "id": party.public_id,
        "kind": "substate",
        "names": {
            "en": {
                "name": "Kurdistan Regional Government",
                "formal_name": "Kurdistan Regional Government of Iraq",
                "sort_key": "Kurdistan",
            },
            "fr": {
                "name": "Gouvernement régional du Kurdistan",
                "formal_name": "Gouvernement régional du Kurdistan",
                "sort_key": "Kurdistan",
            },
        },
        "footnotes": {"en": "Takes part without prejudice.", "fr": "Participe sans préjudice."},
        "flag": None,
    }


def test_where_the_summit_doesn_t_say_country_nothing_does() -> None:
    party = f.PartyFactory(iso_code="FR")
    policy = Policy(summit=party.summit, says_country=False)
    assert naming.as_data(party, policy=policy)["kind"] == "participant"
    assert naming.kind_word("country", says_country=False) == "participant"
    assert naming.kind_word("country", says_country=True) == "country"
    assert naming.kind_word("substate", says_country=False) == "sub-state government"
