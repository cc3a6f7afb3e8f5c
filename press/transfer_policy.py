"""What of the press office moves with a summit, and what is made anew where it arrives."""

from press.domain import finding
from summit.core.transfer_registry import arrived, moves, stays
from summit.summits.models import Summit

moves(
    *(
        f"press.{name}"
        for name in (
            *("Lift", "Topic", "Text", "Text_topics", "Text_people", "TextVersion", "Attachment", "Edition"),
            *("EditionAttachment", "Marking", "Subscriber", "Announcement"),
        )
    )
)
stays("press.SearchEntry", "press.SearchWord", why="made of the texts, anew where they arrive")


@arrived.register(10)
def _search(summit: Summit) -> None:
    finding.rebuild(summit=summit)
