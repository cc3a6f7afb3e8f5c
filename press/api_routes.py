"""Who opens the API's working addresses of the press desk, and what its refusals are to programs."""

from press.overview.api.attachments_and_topics import Announcements, Attachments, Subscribers, Topics
from press.overview.api.editions import Editions, Lifts, PassageChecks
from press.overview.api.texts import Texts, Versions
from press.texts.errors import DecisionRefused
from summit.api_base.problems import means
from summit.api_base.routes import declare_resource

for _resource in (
    Texts,
    Versions,
    Editions,
    Lifts,
    PassageChecks,
    Attachments,
    Topics,
    Subscribers,
    Announcements,
):
    declare_resource(_resource)
means(DecisionRefused, "conflict")
