"""French and Arabic names of the demonstration's summit and parties, with their footnotes.

A library of ISO countries proposes names, but it has neither Kosovo nor the European Union, and its names aren't
consistent. The names here are written as a host would approve them. Sort keys omit accents and the Arabic article,
like lists of the United Nations.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LocalName:
    """A party's name in a language. `key` is the sort key. If it is "", `name` is the sort key."""

    name: str
    formal_name: str
    key: str = ""
    footnote: str = ""


@dataclass(frozen=True)
class Approved:
    """The host's decisions about a party: its English footnote, whether the host recognises it, and its flag."""

    footnote: str
    recognised: bool = True
    flag: str = "own"


# The summit's own names: language, field, name.
SUMMIT = {
    "fr": {
        "name": "Sommet 2025 sur la sécurité des frontières et la criminalité organisée liée à l’immigration",
        "short_name": "Sommet sur la sécurité des frontières 2025",
        "place": "Londres",
        "host": "Royaume-Uni (ministère de l’Intérieur)",
    },
    "ar": {
        "name": "قمة أمن الحدود والجريمة المنظمة المرتبطة بالهجرة لعام 2025",
        "short_name": "قمة أمن الحدود 2025",
        "place": "لندن",
        "host": "المملكة المتحدة (وزارة الداخلية)",
    },
}
KURDISTAN = "Kurdistan Regional Government"
WITHOUT_PREJUDICE = "Takes part as a sub-state government, without prejudice to the sovereignty of Iraq."
# The sender and signatory of letters, by language.
LETTERS = {
    "fr": {
        "letter_sender": "Ministère de l’Intérieur (Home Office)\n2 Marsham Street\nLondres SW1P 4DF\nRoyaume-Uni",
        "signatory_name": "Le Commandant de la sécurité des frontières",
        "signatory_office": "Ministère de l’Intérieur",
    },
    "ar": {
        "letter_sender": "وزارة الداخلية\n2 Marsham Street\nلندن SW1P 4DF\nالمملكة المتحدة",
        "signatory_name": "قائد أمن الحدود",
        "signatory_office": "وزارة الداخلية",
    },
}
APPROVED = {
    KURDISTAN: Approved(WITHOUT_PREJUDICE, recognised=False, flag="none"),
    "Kosovo": Approved(
        "This name is used without prejudice to positions on status, and is in line with resolution 1244 (1999) of "
        "the United Nations Security Council.",
        flag="neutral",
    ),
}

_FRENCH = """
United Kingdom|Royaume-Uni|Royaume-Uni de Grande-Bretagne et d’Irlande du Nord
Albania|Albanie|République d’Albanie
Austria|Autriche|République d’Autriche
China|Chine|République populaire de Chine
France|France|République française
Germany|Allemagne|République fédérale d’Allemagne
Iraq|Iraq|République d’Iraq
Italy|Italie|République italienne
Nigeria|Nigéria|République fédérale du Nigéria|Nigeria
Sweden|Suède|Royaume de Suède|Suede
Tunisia|Tunisie|République tunisienne
United States|États-Unis|États-Unis d’Amérique|Etats-Unis
Vietnam|Viet Nam|République socialiste du Viet Nam
Interpol|Interpol|Organisation internationale de police criminelle
European Union|Union européenne|Union européenne|Union europeenne
Kosovo|Kosovo|République du Kosovo
Belgium|Belgique|Royaume de Belgique
Bulgaria|Bulgarie|République de Bulgarie
Canada|Canada|Canada
Cyprus|Chypre|République de Chypre
Czechia|Tchéquie|République tchèque|Tchequie
Denmark|Danemark|Royaume du Danemark
Egypt|Égypte|République arabe d’Égypte|Egypte
Greece|Grèce|République hellénique|Grece
Hungary|Hongrie|Hongrie
India|Inde|République de l’Inde
Ireland|Irlande|Irlande
Jordan|Jordanie|Royaume hachémite de Jordanie
Lebanon|Liban|République libanaise
Libya|Libye|État de Libye
Luxembourg|Luxembourg|Grand-Duché de Luxembourg
Malta|Malte|République de Malte
Moldova|Moldova|République de Moldova
Morocco|Maroc|Royaume du Maroc
Netherlands|Pays-Bas|Royaume des Pays-Bas
North Macedonia|Macédoine du Nord|République de Macédoine du Nord|Macedoine du Nord
Norway|Norvège|Royaume de Norvège|Norvege
Pakistan|Pakistan|République islamique du Pakistan
Poland|Pologne|République de Pologne
Portugal|Portugal|République portugaise
Romania|Roumanie|Roumanie
Serbia|Serbie|République de Serbie
Spain|Espagne|Royaume d’Espagne
Switzerland|Suisse|Confédération suisse
Türkiye|Türkiye|République de Türkiye|Turkiye
"""

_ARABIC = """
United Kingdom|المملكة المتحدة|المملكة المتحدة لبريطانيا العظمى وأيرلندا الشمالية|مملكة متحدة
Albania|ألبانيا|جمهورية ألبانيا|البانيا
Austria|النمسا|جمهورية النمسا|نمسا
China|الصين|جمهورية الصين الشعبية|صين
France|فرنسا|الجمهورية الفرنسية
Germany|ألمانيا|جمهورية ألمانيا الاتحادية|المانيا
Iraq|العراق|جمهورية العراق|عراق
Italy|إيطاليا|الجمهورية الإيطالية|ايطاليا
Nigeria|نيجيريا|جمهورية نيجيريا الاتحادية
Sweden|السويد|مملكة السويد|سويد
Tunisia|تونس|الجمهورية التونسية
United States|الولايات المتحدة|الولايات المتحدة الأمريكية|ولايات متحدة
Vietnam|فييت نام|جمهورية فييت نام الاشتراكية
Interpol|الإنتربول|المنظمة الدولية للشرطة الجنائية|انتربول
European Union|الاتحاد الأوروبي|الاتحاد الأوروبي|اتحاد اوروبي
Kosovo|كوسوفو|جمهورية كوسوفو
Belgium|بلجيكا|مملكة بلجيكا
Bulgaria|بلغاريا|جمهورية بلغاريا
Canada|كندا|كندا
Cyprus|قبرص|جمهورية قبرص
Czechia|تشيكيا|الجمهورية التشيكية
Denmark|الدانمرك|مملكة الدانمرك|دانمرك
Egypt|مصر|جمهورية مصر العربية
Greece|اليونان|الجمهورية الهيلينية|يونان
Hungary|هنغاريا|هنغاريا
India|الهند|جمهورية الهند|هند
Ireland|أيرلندا|أيرلندا|ايرلندا
Jordan|الأردن|المملكة الأردنية الهاشمية|اردن
Lebanon|لبنان|الجمهورية اللبنانية
Libya|ليبيا|دولة ليبيا
Luxembourg|لكسمبرغ|دوقية لكسمبرغ الكبرى
Malta|مالطة|جمهورية مالطة
Moldova|مولدوفا|جمهورية مولدوفا
Morocco|المغرب|المملكة المغربية|مغرب
Netherlands|هولندا|مملكة هولندا
North Macedonia|مقدونيا الشمالية|جمهورية مقدونيا الشمالية
Norway|النرويج|مملكة النرويج|نرويج
Pakistan|باكستان|جمهورية باكستان الإسلامية
Poland|بولندا|جمهورية بولندا
Portugal|البرتغال|الجمهورية البرتغالية|برتغال
Romania|رومانيا|رومانيا
Serbia|صربيا|جمهورية صربيا
Spain|إسبانيا|مملكة إسبانيا|اسبانيا
Switzerland|سويسرا|الاتحاد السويسري
Türkiye|تركيا|جمهورية تركيا
"""


def _read(table: str) -> dict[str, LocalName]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return {party: LocalName(*values) for party, *values in rows}


FRENCH = _read(_FRENCH) | {
    KURDISTAN: LocalName(
        "Gouvernement régional du Kurdistan",
        "Gouvernement régional du Kurdistan d’Iraq",
        "Kurdistan",
        footnote="Participe en tant que gouvernement infranational, sans préjudice de la souveraineté de l’Iraq.",
    ),
    "Kosovo": LocalName(
        "Kosovo",
        "République du Kosovo",
        footnote="Cette désignation est sans préjudice des positions sur le statut et est conforme à la résolution "
        "1244 (1999) du Conseil de sécurité des Nations Unies.",
    ),
}
ARABIC = _read(_ARABIC) | {
    KURDISTAN: LocalName(
        "حكومة إقليم كردستان",
        "حكومة إقليم كردستان العراق",
        "كردستان",
        footnote="تشارك بصفتها حكومة إقليمية، دون المساس بسيادة العراق.",
    ),
    "Kosovo": LocalName(
        "كوسوفو",
        "جمهورية كوسوفو",
        footnote="تُستخدم هذه التسمية دون المساس بالمواقف من الوضع القانوني، وتتماشى مع قرار مجلس الأمن "
        "التابع للأمم المتحدة 1244 (1999).",
    ),
}
LOCAL: dict[str, dict[str, LocalName]] = {"fr": FRENCH, "ar": ARABIC}
