"""What of the agenda moves with a summit, and what stays behind and why."""

from summit.core.transfer_registry import belongs, moves, stays

moves(
    *(
        f"programme.{name}"
        for name in (
            *("OwnKind", "Session", "SessionText", "Interpretation", "Document", "AgendaLook", "Participant"),
            *("Slot", "FloorRequest", "SignUp", "Release", "ReleasedSession", "ReleasedParticipant", "ReleaseEntry"),
            *("PublicRemoval",),
        )
    )
)
belongs("programme.DraftVersion", why="by what is kept of the draft goes; triggers count as rows arrive")
stays("programme.Feed", why="keys of private calendars: whoever has one asks for another where the summit is")
stays("programme.ScheduleFile", why="a schedule on its way in, with a report by keys: it is uploaded again")
