"""The delegations' lists that a table can fill, beside parties and people, which have tables of their own
(`delegations.domain.sheets`)."""

from delegations.api.categories import Categories, Zones
from summit.tables.incoming import Intake, take_in

take_in(Intake(Zones, ("code",)))
take_in(Intake(Categories, ("code",)))
