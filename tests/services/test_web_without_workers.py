"""Web alone running: no broker, no worker, no beat. The moment still embargoes the text."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.processes import answer_of, free_port, processes, wait_for
from tests.services import MARKS

pytestmark = MARKS

SECONDS_AHEAD = 4
# SQLite's clock has no shorter parts.
TICK = timedelta(milliseconds=1)
SCHEDULE = f"""
from datetime import timedelta
from press.embargoes.services import embargoes
from press.texts.services import decisions, texts
from summit.core.database_clock import db_now
from summit.summits.models import Summit
from summit.users.models import User
officer = User.objects.get(email="press@summit.example")
approver = User.objects.get(email="approver@summit.example")
text = texts.create_text(
    summit=Summit.objects.get(slug="border-security-2025"), kind="notice", slug="lifted-by-nobody",
    title="Lifted by nobody", summary="", body="The canary sings.", language="en", by=officer,
)
edition = text.versions.get().editions.get()
decisions.submit(edition=edition, by=officer)
decisions.approve(edition=edition, by=approver)
moment = db_now() + timedelta(seconds={SECONDS_AHEAD})
embargoes.set_moment(embargo=text.embargo, moment=moment, by=officer)
print(moment.isoformat())
"""


def test_the_moment_embargoes_the_text_with_web_alone(tmp_path: Path, shared: Path) -> None:
    with processes(tmp_path, shared) as found:
        found.manage("collectstatic", "--no-input", "--verbosity", "0")
        port = free_port()
        found.web(port)
        wait_for(lambda: answer_of(f"http://127.0.0.1:{port}/readyz")[0] == 200, 20, "web is ready")
        moment = datetime.fromisoformat(found.python(SCHEDULE).split()[-1])
        page = f"http://127.0.0.1:{port}/border-security-2025/press/lifted-by-nobody/"
        feed = f"http://127.0.0.1:{port}/border-security-2025/press/feed.atom"

        def is_out() -> bool:
            asked = datetime.now(UTC)
            status, content = answer_of(page)
            answered = datetime.now(UTC)
            if status == 200 and b"The canary sings." in content:
                assert answered >= moment
                return True
            # Whoever asks after the moment reads it.
            assert (status, asked < moment + TICK) == (404, True)
            return False

        wait_for(is_out, SECONDS_AHEAD + 60, "the text is out")
        assert b"Lifted by nobody" in answer_of(feed)[1]
