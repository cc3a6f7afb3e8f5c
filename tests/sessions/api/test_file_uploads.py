"""Files come as long as the desk takes them: in a form, whose parts are the fields that JSON would have."""

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from sessions.documents.api import DocumentViewSet, PaperInput
from sessions.documents.models import Document
from sessions.draft.models.sessions import Session
from summit.api_base import request_files
from summit.summits.models import Summit
from tests.factories import SessionFactory
from tests.summit.api.conftest import Program
from tests.summit.api.test_viewsets import kind

pytestmark = pytest.mark.django_db
PAPERS = "summits/here/desk/session-documents/"
# Longer than what the tests' settings take as a body of anything else, or keep of a file in memory.
LONG = b"%PDF-1.7 " + b"x" * 120_000


@pytest.fixture
def session(here: Summit, settings: Any) -> Session:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100_000
    return SessionFactory(summit=here)


def form(asks: Program, content: Any, path: str = PAPERS, headers: Any = None, **fields: Any) -> Any:
    sent = {"language": "en", "file_name": "brief.pdf", **fields}
    if content is not None:
        sent["content"] = SimpleUploadedFile("other.pdf", content) if isinstance(content, bytes) else content
    known = {"Authorization": f"Bearer {asks.secret}", **(headers or {})}
    return Client().post(f"/api/v1/{path}", sent, headers=known)


def test_a_long_file_comes_in_a_form(desk: Program, session: Session) -> None:
    body = {"language": "en", "file_name": "brief.pdf", "session": session.public_id}
    as_json = desk.post(PAPERS, json.dumps({**body, "content": base64.b64encode(LONG).decode()}))
    # Control: what is no form is told of forms.
    assert (kind(as_json), "as a form" in as_json.json()["detail"]) == ((413, "too-large"), True)
    made = form(desk, LONG, session=session.public_id)
    assert made.status_code == 201, made.content
    assert (made.json()["file_name"], made.json()["size"]) == ("brief.pdf", len(LONG))
    assert bytes(Document.objects.get().content) == LONG
    given = desk.get(f"{PAPERS}{made.json()['id']}/content/").json()
    assert (given["content_type"], base64.b64decode(given["content"])) == ("application/pdf", LONG)
    replaced = form(desk, b"%PDF-1.7 new", f"{PAPERS}{made.json()['id']}/replace/")
    assert (replaced.status_code, replaced.json()["size"]) == (200, 12)


def test_a_form_that_is_sent_again_has_the_same_answer(
    desk: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, of = {"Idempotency-Key": "a"}, {"session": session.public_id}
    first = form(desk, LONG, headers=key, **of)
    parts = {"language": "en", "file_name": "brief.pdf", **of}
    body = encode_multipart("other", {**parts, "content": SimpleUploadedFile("other.pdf", LONG)})
    known = {**key, "Authorization": f"Bearer {desk.secret}"}
    again = Client().generic("POST", f"/api/v1/{PAPERS}", body, "multipart/form-data; boundary=other", headers=known)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert kind(form(desk, LONG + b"y", headers=key, **of)) == (422, "key-reused")
    assert kind(form(desk, LONG, headers=key, **of, title="Other")) == (422, "key-reused")
    # The control: no two forms are told apart without their digest.
    monkeypatch.setattr(request_files, "digest_of", lambda body: b"")
    for content in (b"%PDF-1.7 a", b"%PDF-1.7 b"):
        assert form(desk, content, headers={"Idempotency-Key": "b"}, **of).status_code == 201
    assert Document.objects.count() == 2


def test_whoever_is_signed_in_by_a_browser_sends_forms_too(desk: Program, session: Session) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desk.user)
    browser.get("/accounts/tokens/")
    sent = {"session": session.public_id, "language": "en", "file_name": "a.pdf"}

    def ask(**headers: str) -> Any:
        content = SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")
        return browser.post(f"/api/v1/{PAPERS}", {**sent, "content": content}, headers=headers)

    assert kind(ask()) == (403, "forgery")
    known = {"X-CSRFToken": browser.cookies["csrftoken"].value, "Idempotency-Key": "a"}
    assert [ask(**known).status_code for _time in range(2)] == [201, 201]
    assert Document.objects.count() == 1


def test_what_a_form_can_t_say_is_refused(desk: Program, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = {"session": session.public_id}
    assert kind(form(desk, None, **mine)) == (422, "fields")
    assert form(desk, b"%PDF-1.7", **mine, colour="red").json()["errors"][0]["pointer"] == "#/colour"
    assert kind(form(desk, [SimpleUploadedFile("a.pdf", b"%PDF-1.7")] * 2, **mine)) == (400, "malformed")
    assert kind(form(desk, b"%PDF-1.7", session=[session.public_id, "b"])) == (400, "malformed")
    many = {f"f{number}": "" for number in range(1100)}
    assert kind(form(desk, b"%PDF-1.7", **many)) == (400, "malformed")
    broken = {"Content-Type": "multipart/form-data; boundary=\N{SNOWMAN}", "Authorization": f"Bearer {desk.secret}"}
    assert kind(Client().generic("POST", f"/api/v1/{PAPERS}", b"x", headers=broken)) == (400, "malformed")
    # What takes no file takes no form.
    assert kind(form(desk, b"%PDF-1.7", "summits/here/desk/sessions/")) == (415, "media-type")
    assert kind(form(desk, b"%PDF-1.7", f"{PAPERS}bulk/")) == (415, "media-type")
    field = PaperInput._declared_fields["content"]
    monkeypatch.setitem(field._kwargs, "largest", 10)
    for content in (b"%PDF-1.7 long", base64.b64encode(b"%PDF-1.7 long").decode()):
        refused = form(desk, content, **mine)
        assert refused.json()["errors"][0]["detail"].startswith("This file is 0.1 MB. Reduce it to 0 MB")
    assert not Document.objects.exists()
    # What is too long is not even read.
    monkeypatch.setattr(request_files, "LARGEST_FORM", 1000)
    monkeypatch.setattr(request_files, "body_of", lambda request: pytest.fail("it was read"))
    refused = form(desk, b"%PDF-1.7" + b"x" * 1000, **mine)
    assert (kind(refused), refused.json()["detail"]) == ((413, "too-large"), "A file may have up to 20 MB.")


def test_the_description_says_how_a_file_stands_in_either() -> None:
    told = SchemaGenerator(patterns=[path("api/v1/", include(DocumentViewSet.paths()))]).get_schema(public=True)
    schemas, found = told["components"]["schemas"], {}
    for where, each in told["paths"].items():
        for media, said in each.get("post", {}).get("requestBody", {}).get("content", {}).items():
            content = schemas[said["schema"]["$ref"].rpartition("/")[2]]["properties"].get("content", {})
            found[where.partition("-documents/")[2], media] = {
                name: content[name] for name in content if name != "type"
            }
    in_json, in_form = {"contentEncoding": "base64", "pattern": request_files.BASE64}, {"format": "binary"}
    assert found == {
        ("", "application/json"): in_json,
        ("", "multipart/form-data"): in_form,
        ("{id}/replace/", "application/json"): in_json,
        ("{id}/replace/", "multipart/form-data"): in_form,
        ("{id}/shift/", "application/json"): {},
        ("bulk/", "application/json"): {},
    }
