"""Requests: to a real receiver, by the checked address, within a deadline, nowhere else."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.exceptions import ValidationError

from summit.outbox import failure_reasons, send_timeout
from summit.webhooks import addresses, http_client
from summit.webhooks.addresses import Target, outside, refused, target
from summit.webhooks.http_client import WebhookResponse
from tests.summit.webhooks.receivers import OK, Drip, Hang, Receiver, receiver, status

pytestmark = pytest.mark.loopback


def post(url: str, within: float = 10) -> WebhookResponse:
    return http_client.send(url=url, body=b"{}", headers={"X-Test": "yes"}, within=within)


def said(answer: WebhookResponse) -> str:
    return failure_reasons.explanation(answer.problem)


def resolves(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to each of the answers in turn, the last for ever; return the names that are asked for."""
    left, asked = list(answers), []

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        found = left.pop(0) if len(left) > 1 else left[0]
        return [
            (socket.AF_INET6 if ":" in each else socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in found
        ]

    monkeypatch.setattr(http_client.socket, "getaddrinfo", getaddrinfo)
    return asked


def test_the_request_is_as_declared_and_goes_by_no_proxy(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    answer = post(there.url + "?a=b")
    assert (answer.status, answer.text, answer.problem, answer.wait) == (200, "thanks", "", None)
    headers = {"host": f"127.0.0.1:{there.port}", "accept-encoding": "identity", "content-length": "2"}
    headers |= {"x-test": "yes", "connection": "close"}
    assert there.got == [("POST /events?a=b HTTP/1.1", headers, b"{}")]


def test_the_checked_address_is_asked(there: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = ["app.example"]
    asked = resolves(monkeypatch, ["127.0.0.1"], ["127.0.0.9"])
    assert post(f"http://app.example:{there.port}/").status == 200
    assert asked == ["app.example"]
    assert there.got[0][1]["host"] == f"app.example:{there.port}"


def test_a_name_that_leads_inside_is_refused(there: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = []
    for found in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]):
        resolves(monkeypatch, found)
        answer = post("https://app.example/")
        words = f"The receiver’s name resolves to an internal address ({found[-1]}). Nothing is sent there."
        assert (answer.status, said(answer), there.got) == (None, words, [])
    # The control: without the check it is asked.
    settings.WEBHOOKS_INSIDE = ["10.0.0.0/8"]
    # The URL is let through as a deployment's own would be; the check of what it resolves to is what is left out.
    monkeypatch.setattr(addresses, "named", lambda host: host == "app.example")
    resolves(monkeypatch, ["127.0.0.1"])
    assert post(f"http://app.example:{there.port}/").status == 200
    assert len(there.got) == 1


def test_a_name_that_rebinds_leads_nowhere(there: Receiver, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = []
    asked = resolves(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    went: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        went.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert said(post("https://app.example/")) == ("The connection failed or was interrupted: Connection refused.")
    assert (went, asked, there.got) == ([("8.8.8.8", 443)], ["app.example"], [])


def test_a_redirect_inward_is_not_followed(there: Receiver) -> None:
    there.answers = [status("307 Go", f"Location: http://127.0.0.1:{there.port}/inside")]
    assert post(there.url).status == 307
    assert [line for line, _headers, _body in there.got] == ["POST /events HTTP/1.1"]


@pytest.fixture
def cut_soon(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Let the watch cut a request soon, whatever its deadline: timeouts of each read, which are as long as that, end
    nothing. What is set when it cuts lets the receiver say the rest of a Drip."""
    called, within, cut = threading.Event(), send_timeout.Watch.within, http_client._Line.cut

    def noted(line: Any) -> None:
        called.set()
        cut(line)

    monkeypatch.setattr(send_timeout.Watch, "within", lambda watch, seconds: within(watch, 0.1))
    monkeypatch.setattr(http_client._Line, "cut", noted)
    return called


LATE = 60
TOO_LATE = f"The receiver took longer than {LATE} seconds."


@pytest.mark.parametrize("answer", [Hang(), Drip(OK)], ids=["hangs", "drips"])
def test_a_receiver_is_cut_however_it_answers(answer: Any, there: Receiver, cut_soon: threading.Event) -> None:
    there.then = answer
    assert (said(post(there.url, LATE)), cut_soon.is_set()) == (TOO_LATE, True)


def test_control_without_the_cut(there: Receiver, cut_soon: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client._Line, "cut", lambda line: cut_soon.set())
    there.then = Drip(OK[9:], every=0, first=OK[:9], after=cut_soon)
    answer = post(there.url, LATE)
    assert (answer.status, answer.text, cut_soon.is_set()) == (200, "thanks", True)


@pytest.mark.parametrize("guarded", [True, False])
def test_what_is_cut_before_it_is_open_is_left_and_control(
    guarded: bool, there: Receiver, cut_soon: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch cuts once: without a word to whoever connects, the request would go on without it."""
    open_ = http_client._Line._open
    monkeypatch.setattr(http_client._Line, "_open", lambda line: cut_soon.wait(LATE) and open_(line))
    if not guarded:
        monkeypatch.setattr(http_client._Line, "cut", lambda line: cut_soon.set())
    assert said(post(there.url, LATE)) == (TOO_LATE if guarded else "")


def test_who_drips_after_the_status_is_believed(
    there: Receiver, cut_soon: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, ask, cut = threading.Event(), http_client._Line.getresponse, http_client._Line.cut

    def getresponse(line: Any) -> Any:
        answer = ask(line)
        answered.set()
        return answer

    monkeypatch.setattr(http_client._Line, "getresponse", getresponse)
    monkeypatch.setattr(http_client._Line, "cut", lambda line: answered.wait(LATE) and cut(line))
    there.then = Drip(b"x" * 5000, first=b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    answer = post(there.url, LATE)
    assert (answer.status, answer.problem, cut_soon.is_set()) == (200, "", True)


def test_no_more_is_read_than_is_wanted(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "MOST_READ", 3000)
    there.then = status("200 OK", body="ab\0é" * 100_000)
    answer = post(there.url)
    assert (answer.status, len(answer.text), answer.text[:3]) == (200, http_client.MOST_KEPT, "abé")


def test_who_hangs_is_left_at_the_deadline(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    there.then = Hang()
    assert said(post(there.url, 0.1)) == "The receiver took longer than 0.1 seconds."
    monkeypatch.setattr(http_client.socket, "getaddrinfo", lambda *args, **kwargs: there.over.wait(LATE) and [])
    assert said(post("https://app.example/", 0.1)) == "The receiver took longer than 0.1 seconds."


def test_what_goes_wrong_is_said(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert said(post(f"http://127.0.0.1:{port}/")).startswith("The connection failed or was interrupted: ")
    there.answers = [b"hello\r\n\r\n"]
    assert said(post(there.url)) == "The receiver’s response is not HTTP: BadStatusLine."
    assert said(post("https://127.0.0.1:x/")) == "This address is no longer allowed."
    monkeypatch.setattr(http_client, "resolve", lambda *args: [])
    assert said(post("https://nowhere.example/")) == "The receiver’s name has no address."


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_checked(trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = ["app.example", "other.example"]
    paper = certificate("app.example", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(paper)
    if trusted:
        ours = ssl.create_default_context(cafile=str(paper))
        monkeypatch.setattr(http_client.ssl, "create_default_context", lambda: ours)
    resolves(monkeypatch, ["127.0.0.1"])
    with receiver(context) as there:
        answer = post(f"https://app.example:{there.port}/x", 5)
        other = post(f"https://other.example:{there.port}/x", 5)
    wrong = "The receiver’s certificate is not valid: "
    assert (answer.status, said(answer)) == ((200, "") if trusted else (None, f"{wrong}self-signed certificate."))
    assert said(other).startswith(wrong)
    assert [headers["host"] for _line, headers, _body in there.got] == [f"app.example:{there.port}"] * trusted


def certificate(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "paper.pem"
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


def test_retry_after() -> None:
    far = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    for value, seconds in (("120", 120), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("9" * 5000, 999999999)):
        assert http_client.retry_after(value) == seconds
    assert [http_client.retry_after(value) for value in ("", "soon", "-5", far)] == [None] * 4


# --- addresses ------------------------------------------------------------------------------------------------------
INSIDE = (
    "127.0.0.1", "127.8.9.1", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
)  # fmt: skip
OUTSIDE = (
    *("1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"),
    *("::ffff:8.8.8.8", "64:ff9b::808:808"),
)


def test_what_is_inside_is_refused_and_what_is_outside_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in INSIDE:
        assert (outside(ip_address(text)), refused("app.example", ["8.8.8.8", text])) == (False, [text]), text
    for text in OUTSIDE:
        assert (outside(ip_address(text)), refused("app.example", [text])) == (True, []), text
    # The control: without the rule a name leads inside.
    monkeypatch.setattr(addresses, "outside", lambda address: True)
    assert refused("app.example", ["127.0.0.1"]) == []


def test_the_deployment_names_hosts_and_networks(settings: Any) -> None:
    settings.WEBHOOKS_INSIDE = ["badges.internal", "10.2.0.0/16", "[fd00::5]"]
    assert refused("badges.internal", ["127.0.0.1", "169.254.169.254"]) == []
    assert refused("badges.internal.", ["10.9.0.1"]) == []
    assert refused("x.badges.internal", ["10.9.0.1"]) == ["10.9.0.1"]
    assert refused("app.example", ["10.2.3.4", "fd00::5"]) == []
    assert refused("app.example", ["10.2.3.4", "10.3.0.1"]) == ["10.3.0.1"]
    assert target("http://10.2.3.4:8080/x?y=1") == Target("http", "10.2.3.4", 8080, "/x?y=1")
    assert target("http://BADGES.internal").named
    # A name inside may lead to a network that is named: its addresses decide.
    assert target("https://printer.internal/") == Target("https", "printer.internal", 443, "/")
    assert refused("printer.internal", ["10.2.3.4"]) == []
    assert refused("printer.internal", ["10.3.0.1"]) == ["10.3.0.1"]
    with pytest.raises(ValidationError, match="Use HTTPS"):
        target("http://printer.internal/")
    settings.WEBHOOKS_INSIDE = ["badges.internal"]
    with pytest.raises(ValidationError, match="is an internal address"):
        target("https://printer.internal/")
    settings.WEBHOOKS_INSIDE = ["localhost"]
    assert target("http://localhost:8000/") == Target("http", "localhost", 8000, "/")


# What is said, and of which URLs.
WRONG = {
    "Use HTTPS": ["http://app.example/"],
    "Enter an address such as": [
        *("ftp://app.example/", "//app.example/", "app.example", "https:///x", "https://app.example:99999/")
    ],
    "Leave out the port": ["https://app.example:8443/", "https://app.example:22/"],
    "Leave out user": [
        *("https://user@app.example/", "https://app.example:x@127.0.0.1/"),
        *("https://app.example@127.0.0.1/", "https://@app.example/"),
    ],
    "Leave out “#” and what follows": ["https://app.example/#x"],
    "Use plain letters without spaces": [
        *("https://app.example\\@127.0.0.1/", "https://app.example/ x", "https://app.example/\r\nX: y"),
        "https://äpp.example/",
    ],
    "is an internal address": [
        *("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest"),
        *("https://localhost.localdomain/", "https://app.localdomain/"),
        *("https://localhost/", "https://LOCALHOST./", "http://app.localhost:8000/", "https://printer.local/"),
        *("https://badges.internal/", "https://nas.home.arpa/", "https://intranet/events"),
    ],
    "is not a host name": [
        *("https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/", "https://127.0.0.1./"),
        *("https://app..example/", "https://app%2eexample/"),
    ],
    "is": ["https://[fe80::1%25eth0]/"],
}


def test_what_may_not_be_entered_says_why() -> None:
    for said, urls in WRONG.items():
        for url in urls:
            with pytest.raises(ValidationError, match=said):
                target(url)


def test_what_may_be_entered() -> None:
    assert target("https://APP.example:443/a/b?c=%20d") == Target("https", "app.example", 443, "/a/b?c=%20d")
    assert target("https://[2606:4700::1111]/") == Target("https", "2606:4700::1111", 443, "/")
    hosts = ("app.example", "xn--pp-xka.example", "8.8.8.8", "a_b.example", "local.example", "mylocalhost.example")
    assert [target(f"https://{host}") for host in hosts] == [Target("https", host, 443, "/") for host in hosts]
