"""The tables of the press app that are transferred with a summit, and those that are rebuilt at the destination."""

from press.search import services as search_services
from summit.core.transfer_registry import arrived, declare_excluded, moves
from summit.summits.models import Summit

moves(
    *(
        f"press.{name}"
        for name in (
            *("Embargo", "Topic", "Text", "Text_topics", "Text_people", "TextVersion", "Attachment", "Edition"),
            *("EditionAttachment", "PassageCheck", "Subscriber", "Announcement"),
        )
    )
)
declare_excluded("press.SearchEntry", "press.SearchWord", why="made of the texts, anew where they arrive")


@arrived.register(10)
def _search(summit: Summit) -> None:
    search_services.rebuild(summit=summit)
