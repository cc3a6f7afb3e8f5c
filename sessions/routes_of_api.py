"""Who opens the agenda's working addresses of the API, and what its scopes are called."""

from sessions.api.urls import RESOURCES
from summit.api.routes import declare_resource

for _resource in RESOURCES:
    declare_resource(_resource)
