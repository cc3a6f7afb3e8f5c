"""Each kind of message is declared whole: its mail, facts, recipients and reasons, and the test that shows it.

What a declaration lacks is said with the file in which to add it.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypedDict

import pytest
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from summit.celery import app
from summit.outbox import failure_reasons
from summit.outbox.addressees import Addressee
from summit.outbox.message_kinds import (
    KINDS,
    MessageKind,
    UndeclaredFacts,
    UndeclaredReason,
    for_each,
    label_of,
    never_withdrawn,
)
from summit.outbox.messages import SYSTEM_MAIL
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.webhooks.messages import WEBHOOK_OFF
from tests import factories as f
from tests.languages import pseudo
from tests.ratchets import at, broken, hold
from tests.sources import ROOT, modules_by_name, text, tree, unregistered, users_of

LANGUAGES = ("fr", "ar")
# A reason that no catalogue has.
NEW = format_lazy("{}", "A reason of a test.")


def file_of(kind: MessageKind[Any]) -> str:
    """Return the path of the module that declares a kind: its facts are built there."""
    return kind.build_facts.__module__.replace(".", "/") + ".py"


def constant_of(kind: MessageKind[Any]) -> str:
    """Return the name of the constant that holds a kind, in its module; that of the kind if there is none."""
    names = vars(import_module(kind.build_facts.__module__)).items()
    return next((name for name, value in names if value == kind), kind.name)


def delivering_tasks(app_name: str) -> set[str]:
    """Return the names of the tasks of an app that deliver messages; the ground floor's are the outbox's."""
    package = {"summit": "outbox"}.get(app_name, app_name)
    return {name for name in app.tasks if name.startswith(f"{package}.tasks.deliver")}


def mentions(path: Path, names: set[str]) -> bool:
    """Return whether a module uses one of these names, or has one as a text. Comments don't count."""
    for node in ast.walk(tree(path)):
        found = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "value", None)
        if isinstance(found, str) and found in names:
            return True
    return False


def lacks(kind: MessageKind[Any]) -> Iterator[str]:
    here = f"{at(file_of(kind), f'{constant_of(kind)} =')}: the kind {kind.name}"
    if kind.compose is None and not (ROOT / "templates" / kind.template).is_file():
        yield f"{here} has no template templates/{kind.template}"
    if kind.compose is None and kind.subject is None:
        yield f"{here} has no subject"
    path = ROOT / "templates" / kind.template
    if path.is_file() and "{% autoescape off %}" not in text(path):
        yield f"templates/{kind.template} has no autoescape off: a mail is plain text"
    if kind.compose is None and kind.subject is not None:
        yield from _lacks_address(kind, here)
    if kind.task not in delivering_tasks(file_of(kind).partition("/")[0]):
        yield f"{here} has the task {kind.task}, which is none of its app's tasks.py that delivers messages"
    if kind.reply_to and kind.reply_to.partition(".")[0] not in frozenset().union(*kind.fact_keys):
        yield f"{here} answers to {kind.reply_to}, which isn't among its facts"
    constant = f"{kind.build_facts.__module__}.{constant_of(kind)}"
    if not [name for name in users_of(constant, modules_by_name()) if not constant.startswith(f"{name}.")]:
        yield f"{here} is declared, but nothing sends it"
    yield from _lacks_facts(kind, here)
    yield from _lacks_test(kind, here)
    yield from _lacks_reasons(kind, here)


# Names in a template, and names that it gives itself.
USED = re.compile(r"\{\{\s*([a-z_]+)")
BOUND = re.compile(r"\s([a-z_]+)=|\sas ([a-z_]+)|\{% for ([a-z_]+) in|\bfor [a-z_]+, ([a-z_]+) in")


def _lacks_facts(kind: MessageKind[Any], here: str) -> Iterator[str]:
    """Yield the names that a kind's template shows and nothing provides. Whoever has a context of their own may have
    more names than the facts."""
    path = ROOT / "templates" / kind.template
    if kind.compose is not None or kind.context is not MessageKind.context or not path.is_file():
        return
    bound = {name for found in BOUND.findall(text(path)) for name in found if name}
    known = {*frozenset().union(*kind.fact_keys), "url", "forloop", *bound}
    for name in dict.fromkeys(USED.findall(text(path))):
        if name not in known:
            yield f"templates/{kind.template} shows {{{{ {name} }}}}, which is no fact of {here}"


def _lacks_address(kind: MessageKind[Any], here: str) -> Iterator[str]:
    path = ROOT / "templates" / kind.template
    # Whoever has a context of their own, or a fact of that name, makes the address there.
    only_facts = kind.context is MessageKind.context and "url" not in kind.fact_keys[0]
    if only_facts and kind.path is None and path.is_file() and "{{ url }}" in text(path):
        yield f"{here} has no path, and templates/{kind.template} shows {{{{ url }}}}"


def _lacks_test(kind: MessageKind[Any], here: str) -> Iterator[str]:
    path = Path(kind.shown_by)
    if path.parts[0] != "tests" or not path.name.startswith("test_") or not (ROOT / path).is_file():
        yield f"{here} is shown by {kind.shown_by}, which is no module of tests"
    elif not mentions(ROOT / path, {kind.name, constant_of(kind)}):
        yield f"{kind.shown_by} doesn't mention the kind {kind.name}, which {file_of(kind)} says that it shows"


def _lacks_reasons(kind: MessageKind[Any], here: str) -> Iterator[str]:
    if (kind.withdrawn is never_withdrawn) != (not kind.reasons):
        yield f"{here} has reasons without a function that decides, or the other way round"
    for key, sentence in kind.reasons.items():
        if failure_reasons.REASONS.get(key) is not sentence:
            yield f"{here} has the reason {key}, which isn't registered"
        for language in LANGUAGES:
            with translation.override("en"):
                english = str(sentence)
            with translation.override(language):
                if str(sentence) == english:
                    yield f"locale/{language}/LC_MESSAGES/django.po doesn't translate “{english}”"


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_is_declared_whole(name: str) -> None:
    app.loader.import_default_modules()
    hold(lacks(KINDS[name]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"template": "mail/none.txt"}, "summit/webhooks/messages.py: .* no template templates/mail/none.txt"),
        ({"name": "webhook_new"}, "webhook_new is declared, but nothing sends it"),
        ({"subject": None}, "summit/webhooks/messages.py: .* no subject"),
        ({"path": None, "context": MessageKind.context}, "no path, and templates/mail/webhook_off.txt shows"),
        ({"task": "outbox.tasks.none"}, "tasks.py"),
        ({"task": "delegations.tasks.deliver_codes"}, "none of its app's tasks.py"),
        ({"reply_to": "contact"}, "answers to contact"),
        ({"shown_by": "tests/summit/webhooks/test_none.py"}, "test_none.py, which is no module of tests"),
        ({"shown_by": "tests/summit/outbox/test_bounces.py"}, "tests/summit/outbox/test_bounces.py doesn't mention"),
        ({"withdrawn": never_withdrawn}, "reasons without a function"),
        ({"reasons": {"webhooks.new": NEW}}, "webhooks.new, which isn't registered"),
        ({"reasons": {"webhooks.new": NEW}}, "locale/fr/LC_MESSAGES/django.po"),
    ],
)
def test_control_what_it_lacks_is_said_with_its_file(change: dict[str, Any], said: str) -> None:
    app.loader.import_default_modules()
    assert re.search(said, "; ".join(lacks(replace(WEBHOOK_OFF, **change))))


def test_every_declaration_is_registered() -> None:
    def forgotten(modules: dict[str, str]) -> list[str]:
        made, registered = (re.compile(each) for each in (r"= MessageKind\(", r"= register\(\s*MessageKind\("))
        names = [name for name, source in modules.items() if made.search(source) and not registered.search(source)]
        return [f"{name.replace('.', '/')}.py" for name in names]

    hold(broken("Wrap its MessageKind in register.", forgotten(modules_by_name())))
    assert forgotten({"delegations.travel.messages": "LATE = MessageKind(\n    name='late',\n)"}) == [
        "delegations/travel/messages.py"
    ]


def test_control_a_name_in_a_template_that_nothing_provides(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = replace(WEBHOOK_OFF, context=MessageKind.context)
    assert list(_lacks_facts(kind, "it")) == []
    monkeypatch.setattr(f"{__name__}.text", lambda path: "{% autoescape off %}{{ moon }}{{ url }}{% endautoescape %}")
    assert list(_lacks_facts(kind, "it")) == [
        "templates/mail/webhook_off.txt shows {{ moon }}, which is no fact of it"
    ]


def test_a_message_is_not_sent_for_one_of_its_own_reasons_alone() -> None:
    message = Message(pk=1)
    own = next(iter(WEBHOOK_OFF.reasons))
    kind = replace(WEBHOOK_OFF, withdrawn=lambda messages: {1: failure_reasons.because(own)})
    assert kind.why_withdrawn(message) == f"@{own}:"
    foreign = replace(kind, withdrawn=lambda messages: {1: failure_reasons.because("worn")})
    with pytest.raises(UndeclaredReason, match="the reasons of webhook_off don't have @worn:"):
        foreign.why_withdrawn(message)
    assert replace(kind, withdrawn=never_withdrawn).why_withdrawn(message) == ""


def test_every_module_with_kinds_is_imported_at_the_start() -> None:
    pattern = r"register\(\s*MessageKind\("
    hold(unregistered(pattern, modules_by_name()))
    # The control: one that no app finds.
    (found,) = unregistered(pattern, {"sessions.draft.mails": "NEW = register(MessageKind(name='new'))"})
    assert found.startswith("sessions/draft/mails.py has declarations, and no app imports it")


class Facts(TypedDict):
    name: str


def test_facts_are_those_that_are_declared() -> None:
    kind = replace(SYSTEM_MAIL, facts=Facts)
    assert kind.fact_keys == ({"name"}, set())
    kind.check_facts({"name": "x"})
    with pytest.raises(UndeclaredFacts, match=r"system lacks the facts \['name'\]"):
        kind.check_facts({})
    with pytest.raises(UndeclaredFacts, match=r"Facts doesn't declare the facts \['passport'\]"):
        kind.check_facts({"name": "x", "passport": "y"})


def test_undeclared_facts_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    to = Addressee("delegation:1", "mission@land.example", "en")
    kind = replace(
        SYSTEM_MAIL,
        facts=Facts,
        recipients=for_each(lambda cause: [to]),
        summit=lambda cause: None,
        subject_key=lambda cause: "test:1",
        build_facts=lambda cause, to: {"name": to.address, "passport": "P1"},
    )
    with pytest.raises(UndeclaredFacts, match="passport"):
        kind.drafts("anything")
    # The control: without the check they would be.
    monkeypatch.setattr(MessageKind, "check_facts", lambda self, facts: None)
    (row,) = kind.drafts("anything")
    assert row.facts == {"name": "mission@land.example", "passport": "P1"}


# --- reasons --------------------------------------------------------------------------------------------------------
def test_a_reason_is_worded_when_it_is_read(request: pytest.FixtureRequest) -> None:
    stored = failure_reasons.because("writing", "KeyError")
    assert stored == "@writing:KeyError"
    assert failure_reasons.explanation(stored) == "An error occurred while the email was written: KeyError."
    assert failure_reasons.explanation(failure_reasons.because("worn")) == "No worker could finish it."
    pseudo.install(request)
    with translation.override("fr"):
        assert failure_reasons.explanation(stored) == "⟦An error occurred while the email was written: KeyError.⟧"


def test_what_is_no_reason_of_ours_stays_as_it_is() -> None:
    for said in ("550 no such mailbox", "@gone:1", "", "100% of it"):
        assert (failure_reasons.explanation(said), failure_reasons.is_ours(said)) == (said, False)
    with pytest.raises(KeyError):
        failure_reasons.because("unheard of")


def test_a_key_has_one_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure_reasons, "REASONS", dict(failure_reasons.REASONS))
    words = gettext_lazy("words")
    assert failure_reasons.register("new", words) == failure_reasons.register("new", words) == "new"
    with pytest.raises(ValueError, match="two reasons are called new"):
        failure_reasons.register("new", gettext_lazy("others"))


def test_every_reason_and_every_kind_is_translatable() -> None:
    assert {"worn", "delegations.link_dead", "agenda.overtaken", "press.not_public"} <= failure_reasons.REASONS.keys()
    assert [key for key, words in failure_reasons.REASONS.items() if not isinstance(words, Promise)] == []
    assert [name for name, kind in KINDS.items() if not isinstance(kind.label, Promise)] == []
    assert label_of("of long ago") == "of long ago"


@pytest.mark.django_db
def test_the_desk_reads_it_in_words(client: Client) -> None:
    summit = f.SummitFactory()
    client.force_login(f.UserFactory.with_role(Role.ORGANISER, summit))
    values = {"summit": summit, "kind": "invitation", "subject_key": "delegations.invitation:x"}
    f.MessageFactory(**values, state="dropped", problem="@delegations.link_dead:", version=1)
    row = f.MessageFactory(**values, state="failed", problem="550 no <mailbox>", version=2)
    listed = client.get("/admin/outbox/message/").content.decode()
    assert "The invitation was revoked, or its link was revoked or expired" in listed
    page = client.get(f"/admin/outbox/message/{row.pk}/change/").content.decode()
    assert '<bdi lang="en" translate="no">550 no &lt;mailbox&gt;</bdi>' in page
    f.MessageFactory(summit=summit, kind="publication", address="reader@paper.example")
    page = client.get("/admin/outbox/message/?kind=publication").content.decode()
    assert ("reader@paper.example" in page, row.address in page) == (True, False)
