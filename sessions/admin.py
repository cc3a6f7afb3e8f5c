"""Import the admin modules of all packages, so that Django registers them."""

from importlib import import_module

REGISTERING = (
    "draft.admin.kinds",
    "signups.admin.sign_ups",
    "bilaterals.admin",
    "releases.admin.releases",
    "delays.admin.fixed_points",
    "delays.admin.retimings",
    "exchange.admin",
    "screens.admin.screens",
    "conflicts.admin.policies",
    "overview.admin.sessions",
)
for _name in REGISTERING:
    import_module(f"sessions.{_name}")
