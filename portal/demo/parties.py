"""Who takes part in the Border Security Summit of 2025.

The first fourteen invited delegations and the three companies are named in public reports; the other delegations are
plausible countries and marked as illustrative. Offices are the ones that correspond to an interior minister: that a
given office was represented is not asserted, and nobody is named.
"""

from dataclasses import dataclass

from delegations.models import Level, PartyKind, Region

AFRICA, AMERICAS, ASIA, EUROPE, MIDDLE_EAST = (
    Region.AFRICA,
    Region.AMERICAS,
    Region.ASIA,
    Region.EUROPE,
    Region.MIDDLE_EAST,
)
# They keep High Commissions with each other.
COMMONWEALTH = frozenset({"CA", "CY", "IN", "MT", "NG", "PK"})
INTERIOR = "Minister of the Interior"


@dataclass(frozen=True)
class PartyRow:
    """A party as it is loaded. `mailbox` is the mission's; `focal` the focal point's own, where there is one."""

    name: str
    formal_name: str
    iso_code: str = ""
    region: Region = Region.NONE
    language: str = "en"
    head: str = INTERIOR
    kind: PartyKind = PartyKind.COUNTRY
    illustrative: bool = True
    sort_key: str = ""
    mailbox: str = ""
    focal: str = ""

    @property
    def mission_email(self) -> str:
        """The mailbox of the mission, under a domain that nobody can own."""
        domain = "".join(letter for letter in self.key.lower() if letter.isalnum())
        return self.mailbox or f"london@{domain}.example"

    @property
    def mission_name(self) -> str:
        """The mission of a country in London; the others have none."""
        if self.kind != PartyKind.COUNTRY or self.is_hosts:
            return ""
        kind = "High Commission" if self.iso_code in COMMONWEALTH else "Embassy"
        article = "" if self.formal_name == self.name else "the "
        return f"{kind} of {article}{self.formal_name}"

    @property
    def is_hosts(self) -> bool:
        """Whether it is the host itself."""
        return self.iso_code == "GB"

    @property
    def level(self) -> Level:
        """At which level the party is asked to attend."""
        of_kind = {PartyKind.INTERNATIONAL: Level.EXECUTIVE, PartyKind.ORGANISATION: Level.REPRESENTATIVE}
        return of_kind.get(self.kind, Level.MINISTER)

    @property
    def key(self) -> str:
        """What the party is sorted by."""
        return self.sort_key or self.name


HOST = PartyRow(
    "United Kingdom",
    "United Kingdom of Great Britain and Northern Ireland",
    "GB",
    EUROPE,
    head="Home Secretary",
    illustrative=False,
    mailbox="border-summit@homeoffice.example",
    focal="delegation@homeoffice.example",
)

NAMED = (
    PartyRow("Albania", "Republic of Albania", "AL", EUROPE, illustrative=False),
    PartyRow("Austria", "Republic of Austria", "AT", EUROPE, illustrative=False),
    PartyRow(
        "China", "People’s Republic of China", "CN", ASIA, head="Minister of Public Security", illustrative=False
    ),
    PartyRow("France", "French Republic", "FR", EUROPE, "fr", illustrative=False, focal="focal@summit.example"),
    PartyRow(
        "Germany", "Federal Republic of Germany", "DE", EUROPE, illustrative=False, focal="protocol@germany.example"
    ),
    PartyRow("Iraq", "Republic of Iraq", "IQ", MIDDLE_EAST, "ar", illustrative=False),
    PartyRow("Italy", "Italian Republic", "IT", EUROPE, illustrative=False, focal="protocol@italy.example"),
    PartyRow("Nigeria", "Federal Republic of Nigeria", "NG", AFRICA, illustrative=False),
    PartyRow("Sweden", "Kingdom of Sweden", "SE", EUROPE, illustrative=False, focal="protocol@sweden.example"),
    PartyRow(
        "Tunisia", "Republic of Tunisia", "TN", MIDDLE_EAST, "ar", illustrative=False, focal="focal@tunisia.example"
    ),
    PartyRow(
        "United States",
        "United States of America",
        "US",
        AMERICAS,
        head="Secretary of Homeland Security",
        illustrative=False,
        focal="protocol@unitedstates.example",
    ),
    PartyRow(
        "Vietnam",
        "Socialist Republic of Viet Nam",
        "VN",
        ASIA,
        head="Minister of Public Security",
        illustrative=False,
        sort_key="Viet Nam",
    ),
    PartyRow(
        "Kurdistan Regional Government",
        "Kurdistan Regional Government of Iraq",
        region=MIDDLE_EAST,
        kind=PartyKind.SUBSTATE,
        illustrative=False,
        sort_key="Kurdistan",
        mailbox="london@krg.example",
        # Whom the host doesn't recognise is written to at its focal point, not through its mission.
        focal="protocol@krg.example",
    ),
    PartyRow(
        "Interpol",
        "International Criminal Police Organization",
        head="Secretary General",
        kind=PartyKind.INTERNATIONAL,
        illustrative=False,
        focal="summits@interpol.example",
    ),
)

# One mailbox serves two delegations.
_SHARED = "missions@benelux.example"
ILLUSTRATIVE = (
    PartyRow("Belgium", "Kingdom of Belgium", "BE", EUROPE, "fr", mailbox=_SHARED),
    PartyRow("Bulgaria", "Republic of Bulgaria", "BG", EUROPE),
    PartyRow("Canada", "Canada", "CA", AMERICAS, head="Minister of Public Safety"),
    PartyRow("Cyprus", "Republic of Cyprus", "CY", EUROPE),
    PartyRow("Czechia", "Czech Republic", "CZ", EUROPE),
    PartyRow("Denmark", "Kingdom of Denmark", "DK", EUROPE),
    PartyRow("Egypt", "Arab Republic of Egypt", "EG", MIDDLE_EAST, "ar"),
    PartyRow(
        "European Union",
        "European Union",
        head="European Commissioner for Internal Affairs",
        kind=PartyKind.INTERNATIONAL,
        mailbox="london@eu-delegation.example",
    ),
    PartyRow("Greece", "Hellenic Republic", "GR", EUROPE, head="Minister of Migration and Asylum"),
    PartyRow("Hungary", "Hungary", "HU", EUROPE),
    PartyRow("India", "Republic of India", "IN", ASIA, head="Minister of Home Affairs"),
    PartyRow("Ireland", "Ireland", "IE", EUROPE, head="Minister for Justice"),
    PartyRow("Jordan", "Hashemite Kingdom of Jordan", "JO", MIDDLE_EAST, "ar"),
    PartyRow("Kosovo", "Republic of Kosovo", "XK", EUROPE),
    PartyRow("Lebanon", "Lebanese Republic", "LB", MIDDLE_EAST, "ar"),
    PartyRow("Libya", "State of Libya", "LY", MIDDLE_EAST, "ar"),
    PartyRow("Luxembourg", "Grand Duchy of Luxembourg", "LU", EUROPE, "fr", mailbox=_SHARED),
    PartyRow("Malta", "Republic of Malta", "MT", EUROPE),
    PartyRow("Moldova", "Republic of Moldova", "MD", EUROPE),
    PartyRow("Morocco", "Kingdom of Morocco", "MA", MIDDLE_EAST, "ar"),
    PartyRow("Netherlands", "Kingdom of the Netherlands", "NL", EUROPE, head="Minister of Justice and Security"),
    PartyRow("North Macedonia", "Republic of North Macedonia", "MK", EUROPE),
    PartyRow("Norway", "Kingdom of Norway", "NO", EUROPE, head="Minister of Justice and Public Security"),
    PartyRow("Pakistan", "Islamic Republic of Pakistan", "PK", ASIA),
    PartyRow("Poland", "Republic of Poland", "PL", EUROPE),
    PartyRow("Portugal", "Portuguese Republic", "PT", EUROPE, head="Minister of Internal Administration"),
    PartyRow("Romania", "Romania", "RO", EUROPE, head="Minister of Internal Affairs"),
    PartyRow("Serbia", "Republic of Serbia", "RS", EUROPE),
    PartyRow("Spain", "Kingdom of Spain", "ES", EUROPE),
    PartyRow("Switzerland", "Swiss Confederation", "CH", EUROPE, head="Head of the Department of Justice and Police"),
    PartyRow("Türkiye", "Republic of Türkiye", "TR", EUROPE, sort_key="Turkiye"),
)

COMPANIES = tuple(
    PartyRow(
        name, formal, head="Representative", kind=PartyKind.ORGANISATION, illustrative=False, mailbox=f"{box}.example"
    )
    for name, formal, box in (
        ("Meta", "Meta Platforms, Inc.", "public-policy@meta"),
        ("TikTok", "TikTok", "public-policy@tiktok"),
        ("X", "X Corp.", "public-policy@x"),
    )
)

INVITED = NAMED + ILLUSTRATIVE + COMPANIES
