"""Each field of a form on a page that writes is an input of the same operation in the API.

A field with another name there is in the table of tests/routes/api_field_names.py. A new field fails here until it
is in the API or in the table.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import include, path, reverse
from drf_spectacular.generators import SchemaGenerator

from summit.api.venues import RoomViewSet
from tests.routes.api_field_names import ADDRESS, ALSO, FORM_OF, FORMLESS, INLINES, NOTHING, SHOWN, TABLE
from tests.routes.form_pages import described, forms_of, found, inputs_of
from tests.routes.test_api_write_parity import NONE, operation_of, writing
from tests.routes.world import make_world

# The forms of all pages are read once, on one process.
pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.xdist_group("forms")]
all_pages = pytest.mark.broad("the forms of every page that writes, in every state")
# By route and page, what forms send; by operation and method, what it takes.
Sent = dict[str, dict[str, set[str]]]
Inputs = dict[str, dict[str, frozenset[str]]]
COUNTED = ("[].id", "[].DELETE", "-TOTAL_FORMS", "-INITIAL_FORMS", "-MIN_NUM_FORMS", "-MAX_NUM_FORMS")
PAGES = sorted(name for name in writing() if name not in NONE)


@pytest.fixture(scope="module")
def sent(django_db_setup: None, django_db_blocker: Any) -> Sent:
    lasting = override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=86400)
    with lasting, django_db_blocker.unblock(), transaction.atomic():
        forms = found(make_world())
        transaction.set_rollback(True)
    return forms


@pytest.fixture(scope="module")
def inputs(django_db_setup: None, django_db_blocker: Any) -> Inputs:
    with django_db_blocker.unblock():
        return inputs_of(described())


def called(operation: str) -> str:
    return operation if operation.startswith("api-") else f"api-desk-{operation}"


def own(page: str, inputs: Inputs) -> frozenset[str]:
    """Return what the operations of a page take."""
    operation, methods = operation_of(page)
    taken = [names for method, names in inputs[operation].items() if method in methods]
    return frozenset().union(*taken, *(all_of(each, inputs) for each in ALSO.get(page, ())))


def all_of(operation: str, inputs: Inputs) -> frozenset[str]:
    """Return what an operation takes by any of its methods."""
    return frozenset().union(*inputs.get(called(operation), {}).values())


def taken(page: str, name: str, inputs: Inputs) -> bool:
    """Return whether a field is an input by its name, or by a rule."""
    takes, operation = own(page, inputs), operation_of(page)[0]
    rows, _line, column = name.partition("[].")
    base, _line, language = name.rpartition("_")
    return (
        name in takes
        or name.endswith(COUNTED)
        # The row of the page, and the summit, stand in the address.
        or (column or name) == "summit"
        or (column != "" and column == page.rpartition("_")[0].rpartition("_")[2])
        or (name == "row" and "-row" in operation)
        # A bulk operation takes rows.
        or (operation.endswith("-bulk") and f"rows[].{ {'row': 'id'}.get(name, column or name) }" in takes)
        or (rows in INLINES and column in all_of(INLINES[rows], inputs))
        # What is said in several languages is one object.
        or (
            language in dict(settings.LANGUAGES)
            and bool(takes & {"names", "letter_words", "directions"})
            and base != ""
        )
        or (name == "file" and "content" in takes)
    )


def true(page: str, said: str, inputs: Inputs) -> bool:
    """Return whether what the table says of a field holds in the description."""
    operation, _space, name = said.rpartition(" ")
    if said in (SHOWN, ADDRESS):
        return True
    if operation == "does":
        return called(name) in inputs
    return name in (all_of(operation, inputs) if operation else own(page, inputs))


def fields(page: str, sent: Sent) -> set[str]:
    """Return what the forms send that post to a page, wherever they stand."""
    return set().union(*sent.get(page, {}).values()) - NOTHING


def missing(sent: Sent, inputs: Inputs) -> list[str]:
    """Return the fields that no operation takes and no table names, each with its page."""
    return [
        f"{page} {name}"
        for page in PAGES
        if page not in FORM_OF
        for name in sorted(fields(page, sent))
        if name not in TABLE.get(page, {}) and not taken(page, name, inputs)
    ]


def untrue(sent: Sent, inputs: Inputs, table: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the entries of a table that name no field of the page, nothing that is there, or what a rule says."""
    for page, entries in table.items():
        for name, said in entries.items():
            if name not in fields(page, sent) or not true(page, said, inputs) or taken(page, name, inputs):
                yield f"{page} {name}"


def test_of_one_page_each_field_is_an_input(admin_client: Client) -> None:
    page = "admin:summit_room_add"
    address = reverse(page)
    sent = {page: {page: dict(forms_of(admin_client.get(address).content, address))[page]}}
    generator = SchemaGenerator(patterns=[path("api/v1/", include(RoomViewSet.paths()))])
    inputs = inputs_of(generator.get_schema(public=True))
    spoken = {f"directions_{code}" for code, _name in settings.LANGUAGES}
    assert fields(page, sent) == {"venue", "name", "capacity", "position", *spoken}
    assert missing(sent, inputs) == []
    sent[page][page].add("colour")
    assert missing(sent, inputs) == [f"{page} colour"]


@all_pages
def test_what_a_page_asks_a_program_can_say(sent: Sent, inputs: Inputs) -> None:
    assert missing(sent, inputs) == []


@all_pages
def test_what_the_table_says_is_true(sent: Sent, inputs: Inputs) -> None:
    assert list(untrue(sent, inputs, TABLE)) == []
    assert set(INLINES) <= {name.partition("[].")[0] for page in PAGES for name in fields(page, sent)}
    for page, operations in ALSO.items():
        for operation in operations:
            less = {**inputs, called(operation): {}}
            assert missing(sent, less) != [] or list(untrue(sent, less, TABLE)) != [], (page, operation)


@all_pages
def test_a_form_is_found_of_every_page(sent: Sent) -> None:
    assert {page for page in PAGES if page not in sent} == set(FORMLESS)
    for page, other in FORM_OF.items():
        assert set(sent[page]) == {other}
        assert fields(page, sent) <= fields(other, sent)


@all_pages
def test_control_an_input_that_is_gone_is_named(sent: Sent, inputs: Inputs) -> None:
    guests = {method: names - {"office"} for method, names in inputs["api-desk-guests"].items()}
    assert missing(sent, {**inputs, "api-desk-guests": guests}) == ["admin:delegations_guest office"]


@all_pages
def test_control_entries_that_are_untrue_are_named(sent: Sent, inputs: Inputs) -> None:
    page = "admin:summit_room_change"
    for name, said in (("colour", "capacity"), ("name", "name"), ("summit", "does venues-row-paint")):
        assert list(untrue(sent, inputs, {page: {name: said}})) == [f"{page} {name}"]
    gone = {**inputs, "api-desk-members-row-replace": {}}
    assert not true("portal:transferable_pass", "members-row-replace person", gone)
    assert true("portal:transferable_pass", "members-row-replace person", inputs)
