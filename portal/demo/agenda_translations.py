"""Further data of the demonstration's agenda: French and Arabic titles, interpretation, media, sign-up and documents.

All of it is illustrative.
"""

import hashlib
from functools import cache

from portal.demo.names import LOCAL
from sessions.documents.models import Document
from sessions.draft.models.kinds import SessionKind
from sessions.draft.models.participants import Attendance
from sessions.draft.models.sessions import Interpretation, MediaAccess, Session, SessionText
from sessions.visibility.models import Visibility
from summit.pdf.typst import print_pdf
from summit.users.models import User

# Session title: the French and the Arabic title.
TITLES = {
    "Opening": ("Ouverture", "الافتتاح"),
    "Family photo": ("Photo de famille", "الصورة الجماعية"),
    "Supply chains and enablers": ("Chaînes d’approvisionnement et facilitateurs", "سلاسل الإمداد والميسّرون"),
    "Criminal finances": ("Finances criminelles", "الأموال الإجرامية"),
    "The host’s systems approach to border security": (
        "L’approche d’ensemble de l’hôte en matière de sécurité des frontières",
        "النهج المتكامل للبلد المضيف في أمن الحدود",
    ),
    "Countering promotion online": ("Lutter contre la promotion en ligne", "التصدي للترويج عبر الإنترنت"),
    "Closing and communiqué": ("Clôture et communiqué", "الختام والبيان الختامي"),
    "Press conference of the host": ("Conférence de presse de l’hôte", "المؤتمر الصحفي للبلد المضيف"),
}
MEDIA = {
    "Opening": MediaAccess.POOLED,
    "Family photo": MediaAccess.POOLED,
    "Press conference of the host": MediaAccess.OPEN,
}
# Source language, target language and booth; each target language has one booth.
BOOTHS = {"en": "1", "fr": "2", "ar": "3"}
LANGUAGES = [(source, target, booth) for target, booth in BOOTHS.items() for source in BOOTHS if source != target]
SIGN_UP, PLACES = "Countering promotion online", 80
# All delegations see this meeting, but only its two participants see the room.
HIDDEN_ROOM = "Tunisia and Nigeria"
PAPERS = {
    "Supply chains and enablers": (
        "Background note: boats, engines and false papers",
        "Sample text, written for this demonstration.",
        "What the working session may take up: how boats and engines are bought and moved, who pays for them, and "
        "where a shared warning to sellers would help.",
    ),
    "Closing and communiqué": (
        "How the communiqué is adopted",
        "Sample text, written for this demonstration.",
        "The chair reads the title of each part. A delegation that wishes to speak raises its name plate. The text "
        "is adopted as a whole.",
    ),
}
_SOURCE = b"""#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 25mm, numbering: "1 / 1")
#set text(font: d.families, size: 11pt, fallback: false, lang: "en")
#set par(justify: true, leading: 0.7em)
= #d.title
#for words in d.words [ #par(words) ]
"""


def level_of(kind: str) -> str:
    """Return the level at which parties attend a kind of session: for a bilateral, the head and one other person.

    Return "" for any other kind.
    """
    return Attendance.HEAD_1.value if kind == SessionKind.BILATERAL else ""


def values_of(title: str) -> dict[str, object]:
    """Return a dict from field names to values of the session with this title: media access, sign-up, visibility."""
    values: dict[str, object] = {"media": MEDIA.get(title, MediaAccess.CLOSED)}
    if title == SIGN_UP:
        values |= {"sign_up": True, "capacity": PLACES}
    if title == HIDDEN_ROOM:
        values |= {"visibility": Visibility.ACCREDITED, "room_to": Visibility.PARTICIPANTS}
    return values


def _meeting(title: str) -> tuple[str, ...]:
    """Return the French and Arabic titles of a meeting of two parties, made from the parties' names.

    Return () if the title doesn't consist of two parties' names.
    """
    names = title.split(" and ")
    if not all(name in LOCAL["fr"] for name in names):
        return ()
    french, arabic = ([LOCAL[language][name].name for name in names] for language in ("fr", "ar"))
    return " et ".join(french), " و".join(arabic)


def documents() -> dict[str, bytes]:
    """Return a dict from the titles of sessions to their documents as PDF. Call it outside of a transaction."""
    return {session: _paper(session) for session in PAPERS}


def load(sessions: list[Session], by: User, ids: list[str], contents: dict[str, bytes]) -> None:
    """Load the translations, interpretation and documents of the sessions.

    `ids` are the public ids for the documents, and `contents` what `documents` returned.
    """
    SessionText.objects.bulk_create(
        SessionText(session=row, language=language, title=title)
        for row in sessions
        for language, title in zip(("fr", "ar"), TITLES.get(row.title) or _meeting(row.title), strict=False)
    )
    Interpretation.objects.bulk_create(
        Interpretation(session=row, source=source, target=target, booth=booth)
        for row in sessions
        if row.kind == SessionKind.PLENARY
        for source, target, booth in LANGUAGES
    )
    papers = [row for row in sessions if row.title in PAPERS]
    for row, public_id in zip(papers, ids, strict=True):
        title, *_words = PAPERS[row.title]
        content = contents[row.title]
        Document.objects.create(
            public_id=public_id,
            session=row,
            title=title,
            language="en",
            file_name=f"{title.replace(':', '')}.pdf",
            content_type="application/pdf",
            size=len(content),
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            added_by=by,
        )


@cache
def _paper(session: str) -> bytes:
    """Return the document for the session with this title as PDF. The bytes are the same each time."""
    title, *paragraphs = PAPERS[session]
    return print_pdf(_SOURCE, {"title": title, "words": paragraphs})
