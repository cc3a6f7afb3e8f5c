"""A delegation whose rows each module makes once."""

from tests.module_fixtures import once_a_module
from tests.portal.delegation.helpers import World, make


@once_a_module
def world() -> World:
    return make()
