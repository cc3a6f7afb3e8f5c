"""The models of the agenda that move with a summit to another installation, and the excluded ones with the reason."""

from summit.core.transfer_registry import declare_excluded, declare_installation_wide, moves

moves(
    *(
        f"agenda.{name}"
        for name in (
            *("CustomKind", "Session", "SessionText", "Interpretation", "Document", "AgendaReadMark", "Participant"),
            *("Slot", "FloorRequest", "SignUp", "Release", "ReleasedSession", "ReleasedParticipant", "ReleaseEntry"),
            *("PublicRemoval", "SessionRun", "DelayNotice", "FixedPoint", "Retiming"),
            *("SpeechRun", "SpeechInterval"),
            *("Bilateral", "UnavailableTime", "BilateralPolicy"),
            *("PresenceMark", "Representation", "ToldByTelephone"),
            *("ConflictPolicy",),
        )
    )
)
declare_installation_wide(
    "agenda.DraftVersion", why="by what is kept of the draft goes; triggers count as rows arrive"
)
declare_excluded("agenda.RoomHold", why="triggers make it from sessions and conflict rules as they arrive")
declare_excluded("agenda.BoardStep", why="what can be undone in a browser that is signed in here")
declare_excluded(
    "agenda.CalendarFeed", why="keys of private calendars: whoever has one asks for another where the summit is"
)
declare_excluded("agenda.Screen", why="displays at the venue: each gets its address where the summit is")
