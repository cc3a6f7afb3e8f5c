"""Which addresses may be reached, and which URLs may be entered."""

from ipaddress import ip_address
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from summit.webhooks import addresses
from summit.webhooks.addresses import Target, outside, refused, target

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
