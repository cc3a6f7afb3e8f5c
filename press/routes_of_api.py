"""Who opens the API's working addresses of the press desk, and what its refusals are to programs."""

from press.api.about import Announcements, Attachments, Subscribers, Topics
from press.api.editions import Editions, Lifts, Markings
from press.api.texts import Texts, Versions
from press.domain.problems import DecisionRefused
from summit.api.problems import means
from summit.api.routes import declare_resource

for _resource in (
    Texts,
    Versions,
    Editions,
    Lifts,
    Markings,
    Attachments,
    Topics,
    Subscribers,
    Announcements,
):
    declare_resource(_resource)
means(DecisionRefused, "conflict")
