"""No address is left out of the walk through all pages in a browser (tests/browser/test_axe.py)."""

from summit.permissions.route_table import declared
from tests.browser.crawl.pages import OTHERS, declared_stops


def test_every_address_is_walked() -> None:
    stops = list(declared_stops())
    asked = {
        name for name, route in declared().items() if "GET" in route.methods and not name.startswith("api-desk-")
    }
    assert {stop.route for stop in stops} == asked
    assert [str(stop) for stop in stops if "<" in stop.path] == []
    assert OTHERS.keys() <= asked
