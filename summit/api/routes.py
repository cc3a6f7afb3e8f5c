"""Who opens the API's working addresses: whoever brings a credential and sees what the desk's rows say."""

from summit.routes import Gate, declare


def declare_resource(name: str, rule: str) -> None:
    """Declare the addresses of a resource (`summit.api.resources.Resource.paths`), `rule` as in "summit.room"."""
    see, change = f"{rule}.view", f"{rule}.change"
    declare(f"api-desk-{name}", Gate.API, "GET POST", kind="desk", see=see, post=change)
    declare(f"api-desk-{name}-bulk", Gate.API, "POST", kind="desk", see=see, post=change)
    declare(f"api-desk-{name}-row", Gate.API, "GET PATCH DELETE", kind=f"{rule} at a desk", see=see, post=change)


_APPLICATION = {"kind": "api.application", "see": "api.application.view"}
declare("admin:api_application_tokens", Gate.DESK, "GET POST", post="api.application.token", **_APPLICATION)
declare("admin:api_application_end", Gate.DESK, "POST", do="api.application.change", **_APPLICATION)
declare("api-me", Gate.API)
declare("api-my-tokens", Gate.API, "GET POST")
declare("api-my-token", Gate.API, "GET DELETE", kind="token")
declare("api-my-summits", Gate.API, "GET POST", post="summit.summit.add")
declare("api-desk", Gate.API, "GET PATCH", kind="desk", see="summit.summit.view", post="summit.summit.change")
declare_resource("venues", "summit.venue")
declare_resource("rooms", "summit.room")
