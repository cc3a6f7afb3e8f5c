"""Entering and changing parties, their names by language, keys, levels and flags, and the policy towards them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation
from django_countries.data import COUNTRIES

from delegations.parties import flags
from delegations.parties.models.parties import Party, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.selectors import footnotes, party_names
from delegations.parties.selectors.party_names import NamedParty
from delegations.parties.services import parties, policy
from summit.audit.models import AuditEntry
from summit.pdf.typst import print_pdf
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses, text

pytestmark = pytest.mark.django_db
VALUES = {"name": "France", "formal_name": "French Republic", "sort_key": "France", "iso_code": "FR"}


def recorded() -> list[tuple[str, list[str]]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "fields"))


def test_a_party_is_entered_and_changes_are_recorded(summit: Summit, protocol: User) -> None:
    party = parties.create(summit=summit, values=VALUES, by=protocol)
    assert Party.objects.get() == party
    parties.change(party=party, values={**VALUES, "notes": "Call first."}, by=protocol)
    parties.change(party=party, values=VALUES, by=protocol)
    # Choices are told and texts are not.
    parties.change(party=party, values={"flag": "none", "notes": "Secret", "recognised": False}, by=protocol)
    changed = ("delegations.party.change", ["flag", "notes", "recognised"])
    assert recorded() == [("delegations.party.add", sorted(VALUES)), ("delegations.party.change", ["notes"]), changed]
    detail = AuditEntry.objects.latest("pk").detail
    assert detail == {"values": {"flag": ["own", "none"], "recognised": [True, False]}}
    # A level of an earlier rule hinders no other change.
    party = f.PartyFactory(summit=summit, level="representative")
    assert parties.change(party=party, values={"mission_phone": "+44 20"}, by=protocol).mission_phone == "+44 20"
    with pytest.raises(ValidationError, match="Choose one of these levels"):
        parties.change(party=party, values={"level": "executive"}, by=protocol)


def test_what_can_t_be_is_refused_whoever_asks(summit: Summit, protocol: User) -> None:
    f.PartyFactory(summit=summit, name="Taken", is_host=True)
    party = f.PartyFactory(summit=summit, **VALUES)
    for changed, field in (
        *(({"kind": "organisation"}, "iso_code"), ({"recognised": False}, "__all__"), ({"name": "Taken"}, "__all__")),
        *(({"name": ""}, "name"), ({"name": "A\x07B"}, "name"), ({"flag": "pirate"}, "flag")),
        *(({"is_host": True}, "is_host"), ({"level": "representative"}, "level")),
    ):
        values: dict[str, Any] = changed
        assert field in refuses(ValidationError, parties.change, party=party, values=values, by=protocol).message_dict
        with pytest.raises(ValidationError):
            parties.create(summit=summit, values={**VALUES, "name": "New", **values}, by=protocol)
        party.refresh_from_db()
    for name in ("protocol_order", "summit", "public_id"):
        refuses(ValueError, parties.change, party=party, values={name: 1}, by=protocol, match=name)
    assert recorded() == []


def test_who_may_not_is_told_who_can(party: Party) -> None:
    summit = party.summit
    by = f.UserFactory.with_role(Role.PROGRAMME, summit)
    for work in (
        lambda: parties.create(summit=summit, values=VALUES, by=by),
        lambda: parties.change(party=party, values=VALUES, by=by),
        lambda: parties.set_names(party=party, names={"fr": {"name": "Pays"}}, by=by),
        lambda: parties.add_names(summit=summit, language="fr", names={party.pk: "Pays"}, by=by),
        lambda: parties.set_keys(party=party, keys={"registry": "1"}, by=by),
    ):
        assert "rotocol" in str(refuses(PermissionDenied, work))


def test_names_and_keys_are_set_as_a_whole(party: Party, protocol: User) -> None:
    parties.set_names(party=party, names={"fr": {"name": "Pays"}, "ar": {"name": "بلد"}}, by=protocol)
    parties.set_names(party=party, names={"fr": {"name": "Pays", "footnote": "Une note."}}, by=protocol)
    assert list(party.names.values_list("language", "name", "footnote")) == [("fr", "Pays", "Une note.")]
    done = [(action.rpartition(".")[2], fields) for action, fields in recorded()]
    assert done == [("add", ["name"]), ("add", ["name"]), ("remove", []), ("change", ["footnote"])]
    assert set(AuditEntry.objects.values_list("part_of", flat=True)) == {f"delegations.party:{party.public_id}"}
    # No name in the first language or in none.
    for language in ("en", "xx"):
        with pytest.raises(ValidationError) as refused:
            parties.set_names(party=party, names={language: {"name": "Land"}}, by=protocol)
        assert "language" in refused.value.message_dict
    parties.set_keys(party=party, keys={"registry": "1", "badges": "7"}, by=protocol)
    parties.set_keys(party=party, keys={"registry": "2"}, by=protocol)
    kept = party.external_ids.values_list("system", "value", "summit")
    assert list(kept) == [("registry", "2", party.summit_id)]
    other = f.PartyFactory(summit=party.summit)
    refused = refuses(ValidationError, parties.set_keys, party=other, keys={"registry": "2"}, by=protocol)
    assert refused.messages == ["Another delegation has this ID in this system."]


def test_a_party_is_entered_with_its_names_and_keys_or_not_at_all(summit: Summit, protocol: User) -> None:
    more = {"names": {"fr": {"name": "Pays"}}, "keys": {"registry": "1"}}
    party = parties.create(summit=summit, values=VALUES, by=protocol, **more)
    made = [action.split(".")[1] for action, _fields in recorded()]
    assert made == ["party", "partyname", "externalid"]
    with pytest.raises(ValidationError):
        parties.change(party=party, values={"notes": "Call."}, names={"xx": {"name": "Land"}}, by=protocol)
    assert len(recorded()) == 3
    parties.change(party=party, values={}, names={}, keys={}, by=protocol)
    assert not party.names.exists()
    assert not party.external_ids.exists()


PAGE = "/admin/delegations/policy/here/"
FORM = {
    **{"says_country": "on", "reminder_days": "14, 7, 2", "letter_sender": "Host"},
    **{"name_by_0": "2025-03-01", "name_by_1": "17:00"},
}


def test_the_first_change_makes_the_policy_and_is_recorded(summit: Summit, protocol: User) -> None:
    policy.change(summit=summit, values={"shows_flags": True}, by=protocol)
    assert (Policy.objects.count(), AuditEntry.objects.count()) == (0, 0)
    policy.change(summit=summit, values={"shows_flags": False, "says_country": True}, by=protocol)
    assert Policy.objects.get(summit=summit).shows_flags is False
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.fields) == ("delegations.policy.change", ["shows_flags"])
    assert entry.detail == {"values": {"shows_flags": [True, False]}}


def test_a_policy_that_can_t_be_is_refused(summit: Summit, protocol: User) -> None:
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"reminder_days": "soon"}, "reminder_days"),
        ({"name_by": f.START, "confirm_by": f.START - timedelta(days=1)}, "__all__"),
        ({"total": -1}, "total"),
        ({"letter_words": {"xx": {}}}, "letter_words"),
        ({"letter_words": {"fr": {"reference_prefix": "X"}}}, "letter_words"),
        ({"letter_words": {"fr": {"signatory_name": "x" * 201}}}, "letter_words"),
    )
    for values, field in refused:
        problem = refuses(ValidationError, policy.change, summit=summit, values=values, by=protocol)
        assert field in problem.message_dict, values
    with pytest.raises(ValueError, match="summit"):
        policy.change(summit=summit, values={"summit": f.SummitFactory()}, by=protocol)
    other = f.UserFactory.with_role(Role.PROGRAMME, summit)
    refuses(PermissionDenied, policy.change, summit=summit, values={"total": 12}, by=other)
    assert not Policy.objects.exists()


def test_the_page_saves_in_the_venue_s_zone(summit: Summit, desk: Client) -> None:
    response = desk.post(PAGE, {**FORM, "confirm_by_0": "2025-02-01", "confirm_by_1": "12:00"})
    assert response.status_code == 400
    before = "Set the confirmation deadline after the naming deadline."
    assert response.context["form"].errors == {"confirm_by": [before]}
    assert not Policy.objects.exists()
    assert desk.post(PAGE, FORM).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert (row.shows_flags, row.says_country, row.letter_sender) == (False, True, "Host")
    assert row.name_by.astimezone(summit.zone).strftime("%Y-%m-%d %H:%M") == "2025-03-01 17:00"


def test_letters_say_in_their_language_who_writes_them(summit: Summit, desk: Client) -> None:
    form = {**FORM, "signatory_name": "Commander", "signatory_office": "Home Office"}
    # A letterhead has several lines in every language, a name has one.
    head = "Ministère\n2 Marsham Street"
    refused = desk.post(PAGE, {**form, "signatory_name_fr": head})
    assert (refused.status_code, [*refused.context["form"].errors]) == (400, ["signatory_name_fr"])
    french = {"letter_sender_fr": head, "signatory_name_fr": "Le Commandant"}
    assert desk.post(PAGE, {**form, **french}).status_code == 302
    row = Policy.objects.get(summit=summit)
    assert row.letter_words == {"fr": {"letter_sender": head, "signatory_name": "Le Commandant"}}
    assert (row.letter_word("letter_sender", "fr"), row.letter_word("letter_sender", "ar")) == (head, "Host")
    # Each by itself: an office that is in no other language stands as it is.
    assert (row.signs("fr"), row.signs("en")) == (["Le Commandant", "Home Office"], ["Commander", "Home Office"])
    shown = text(desk.get(PAGE))
    assert ('name="letter_sender_en"' in shown, 'value="Le Commandant"' in shown) == (False, True)
    desk.post(PAGE, form)
    row.refresh_from_db()
    assert row.letter_words == {}


# Signs that a phone shows as coloured pictures, each in its own way.
PICTOGRAMS = re.compile(r"[\u2600-\u2712\u2714\u2716-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: "Flags")
#for flag in d.flags { image(bytes(flag), format: "svg", width: 8mm, alt: "flag") }
"""


def test_every_country_has_a_flag_and_pages_and_paper_take_the_same_file() -> None:
    assert set(COUNTRIES) - flags.known_flags() == set()
    for flag in ("FR", flags.NEUTRAL):
        found = finders.find(flags.flag_url(flag).removeprefix(settings.STATIC_URL))
        assert found is not None
        assert Path(found).read_text() == flags.flag_svg(flag)
    assert flags.flag_svg("QQ") == ""


def test_a_flag_neither_runs_nor_fetches_anything_and_has_the_one_ratio() -> None:
    for flag in (*flags.known_flags(), flags.NEUTRAL):
        svg = flags.flag_svg(flag)
        assert 'viewBox="0 0 640 480"' in svg, flag
        assert re.findall(r"<script|<style|<image|<foreignObject|\son\w+=|(?:href|src)=[\"'](?!#)", svg) == [], flag


def test_every_flag_is_printed() -> None:
    drawn: dict[str, Any] = {"flags": [flags.flag_svg(flag) for flag in sorted(flags.known_flags())]}
    assert print_pdf(SOURCE, drawn).startswith(b"%PDF")


def test_no_page_has_a_pictogram_of_the_readers_machine() -> None:
    """Signs of text, such as arrows, are those of the page's font. There is no set of icons besides."""
    root = Path(settings.BASE_DIR)
    paths = [path for folder in ("templates", "static/css", "static/js") for path in (root / folder).rglob("*.*")]
    found = {path.name: PICTOGRAMS.findall(path.read_text()) for path in paths}
    assert {name: signs for name, signs in found.items() if signs} == {}


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


NAMES_PAGE = "/admin/delegations/names/here/?language=fr"


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
        response = desk.post(NAMES_PAGE, {**form, f"name-{key('Kosovo')}": "Le Kosovo"})
        assert (response.status_code, bool(response.context["problem"])) == (400, True)
        assert 'value="Le Kosovo"' in text(response)
    assert PartyName.objects.count() == 1
    names = {"Germany": "Allemagne", "European Union": "Union européenne", "Kosovo": "Kosovo"}
    form = {f"name-{key(party)}": name for party, name in names.items()}
    form |= {f"take-{key(party)}": "on" for party in ("Germany", "European Union")}
    assert desk.post(NAMES_PAGE, form).status_code == 302
    del names["Kosovo"]
    assert dict(PartyName.objects.values_list("party__name", "name")) == {"Spain": "Espagne", **names}
