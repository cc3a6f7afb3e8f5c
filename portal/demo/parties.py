"""The parties of the Border Security Summit of 2025.

The first fourteen invited delegations and the three companies are named in public reports. The other delegations are
plausible countries, marked as illustrative. The heads hold offices like that of an interior minister. The data
doesn't assert that a given office was represented, and names no person.
"""

from dataclasses import dataclass

from delegations.parties.models.parties import Level, PartyKind

# ISO codes of countries whose missions to each other are High Commissions.
COMMONWEALTH = frozenset({"CA", "CY", "IN", "MT", "NG", "PK"})
INTERIOR = "Minister of the Interior"


@dataclass(frozen=True)
class PartyRow:
    """A party to load. `mailbox` is the mailbox of the mission, and `focal` the focal point's own, "" if none."""

    name: str
    formal_name: str
    iso_code: str = ""
    language: str = "en"
    head: str = INTERIOR
    kind: PartyKind = PartyKind.COUNTRY
    illustrative: bool = True
    sort_key: str = ""
    mailbox: str = ""
    focal: str = ""

    @property
    def mission_email(self) -> str:
        """The mission's mailbox, in a reserved domain."""
        domain = "".join(letter for letter in self.key.lower() if letter.isalnum())
        return self.mailbox or f"london@{domain}.example"

    @property
    def mission_name(self) -> str:
        """The name of a country's mission in London; "" for other parties."""
        if self.kind != PartyKind.COUNTRY or self.is_hosts:
            return ""
        kind = "High Commission" if self.iso_code in COMMONWEALTH else "Embassy"
        article = "" if self.formal_name == self.name else "the "
        return f"{kind} of {article}{self.formal_name}"

    @property
    def is_hosts(self) -> bool:
        """Whether the party is the host."""
        return self.iso_code == "GB"

    @property
    def level(self) -> Level:
        """The level at which the party is invited."""
        levels_by_kind = {PartyKind.INTERNATIONAL: Level.EXECUTIVE, PartyKind.ORGANISATION: Level.REPRESENTATIVE}
        return levels_by_kind.get(self.kind, Level.MINISTER)

    @property
    def key(self) -> str:
        """The sort key of the party, by default its name."""
        return self.sort_key or self.name


HOST = PartyRow(
    "United Kingdom",
    "United Kingdom of Great Britain and Northern Ireland",
    "GB",
    head="Home Secretary",
    illustrative=False,
    mailbox="border-summit@homeoffice.example",
    focal="delegation@homeoffice.example",
)

NAMED = (
    PartyRow("Albania", "Republic of Albania", "AL", illustrative=False),
    PartyRow("Austria", "Republic of Austria", "AT", illustrative=False),
    PartyRow("China", "People’s Republic of China", "CN", head="Minister of Public Security", illustrative=False),
    PartyRow("France", "French Republic", "FR", "fr", illustrative=False, focal="focal@summit.example"),
    PartyRow("Germany", "Federal Republic of Germany", "DE", illustrative=False, focal="protocol@germany.example"),
    PartyRow("Iraq", "Republic of Iraq", "IQ", "ar", illustrative=False),
    PartyRow("Italy", "Italian Republic", "IT", illustrative=False, focal="protocol@italy.example"),
    PartyRow("Nigeria", "Federal Republic of Nigeria", "NG", illustrative=False),
    PartyRow("Sweden", "Kingdom of Sweden", "SE", illustrative=False, focal="protocol@sweden.example"),
    PartyRow("Tunisia", "Republic of Tunisia", "TN", "ar", illustrative=False, focal="focal@tunisia.example"),
    PartyRow(
        "United States",
        "United States of America",
        "US",
        head="Secretary of Homeland Security",
        illustrative=False,
        focal="protocol@unitedstates.example",
    ),
    PartyRow(
        "Vietnam",
        "Socialist Republic of Viet Nam",
        "VN",
        head="Minister of Public Security",
        illustrative=False,
        sort_key="Viet Nam",
    ),
    PartyRow(
        "Kurdistan Regional Government",
        "Kurdistan Regional Government of Iraq",
        kind=PartyKind.SUBSTATE,
        illustrative=False,
        sort_key="Kurdistan",
        mailbox="london@krg.example",
        # Letters to a party that the host doesn't recognise are sent to its focal point, not to its mission.
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
    PartyRow("Belgium", "Kingdom of Belgium", "BE", "fr", mailbox=_SHARED),
    PartyRow("Bulgaria", "Republic of Bulgaria", "BG"),
    PartyRow("Canada", "Canada", "CA", head="Minister of Public Safety"),
    PartyRow("Cyprus", "Republic of Cyprus", "CY"),
    PartyRow("Czechia", "Czech Republic", "CZ"),
    PartyRow("Denmark", "Kingdom of Denmark", "DK"),
    PartyRow("Egypt", "Arab Republic of Egypt", "EG", "ar"),
    PartyRow(
        "European Union",
        "European Union",
        head="European Commissioner for Internal Affairs",
        kind=PartyKind.INTERNATIONAL,
        mailbox="london@eu-delegation.example",
    ),
    PartyRow("Greece", "Hellenic Republic", "GR", head="Minister of Migration and Asylum"),
    PartyRow("Hungary", "Hungary", "HU"),
    PartyRow("India", "Republic of India", "IN", head="Minister of Home Affairs"),
    PartyRow("Ireland", "Ireland", "IE", head="Minister for Justice"),
    PartyRow("Jordan", "Hashemite Kingdom of Jordan", "JO", "ar"),
    PartyRow("Kosovo", "Republic of Kosovo", "XK"),
    PartyRow("Lebanon", "Lebanese Republic", "LB", "ar"),
    PartyRow("Libya", "State of Libya", "LY", "ar"),
    PartyRow("Luxembourg", "Grand Duchy of Luxembourg", "LU", "fr", mailbox=_SHARED),
    PartyRow("Malta", "Republic of Malta", "MT"),
    PartyRow("Moldova", "Republic of Moldova", "MD"),
    PartyRow("Morocco", "Kingdom of Morocco", "MA", "ar"),
    PartyRow("Netherlands", "Kingdom of the Netherlands", "NL", head="Minister of Justice and Security"),
    PartyRow("North Macedonia", "Republic of North Macedonia", "MK"),
    PartyRow("Norway", "Kingdom of Norway", "NO", head="Minister of Justice and Public Security"),
    PartyRow("Pakistan", "Islamic Republic of Pakistan", "PK"),
    PartyRow("Poland", "Republic of Poland", "PL"),
    PartyRow("Portugal", "Portuguese Republic", "PT", head="Minister of Internal Administration"),
    PartyRow("Romania", "Romania", "RO", head="Minister of Internal Affairs"),
    PartyRow("Serbia", "Republic of Serbia", "RS"),
    PartyRow("Spain", "Kingdom of Spain", "ES"),
    PartyRow("Switzerland", "Swiss Confederation", "CH", head="Head of the Department of Justice and Police"),
    PartyRow("Türkiye", "Republic of Türkiye", "TR", sort_key="Turkiye"),
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
