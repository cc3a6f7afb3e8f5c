"""The admin of all packages, for Django."""

from importlib import import_module

REGISTERING = (
    "draft.admin.kinds",
    "signups.admin",
    "releases.admin.releases",
    "exchange.admin",
    "overview.admin.sessions",
)
for _name in REGISTERING:
    import_module(f"sessions.{_name}")
