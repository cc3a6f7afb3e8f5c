"""The permissions that the press app's URLs need: public pages, API endpoints, and the press desk's admin pages."""

from press.embargoes.services.bulk_decisions import BULK_DECISIONS
from press.texts.permissions import DECISIONS
from summit.permissions.route_table import Gate, declare

for _name in ("press:list", "press:atom", "press:json-feed", "press:sitemap", "press:oembed", "text-list"):
    declare(_name, Gate.EVERYBODY, kind="public summit")
declare("press:subscribe", Gate.EVERYBODY, "POST", kind="public summit")
for _name in (
    "press:text",
    "press:export",
    "press:language",
    "press:language-export",
    "press:edition",
    "press:language-edition",
    "text-detail",
    "text-edition",
):
    declare(_name, Gate.EVERYBODY, kind="public text")
for _name in ("press:comparison", "text-comparison"):
    declare(_name, Gate.EVERYBODY, kind="public comparison")
declare("press:file", Gate.EVERYBODY, kind="public file")
declare("press:subscription", Gate.HOLDER, "GET POST", kind="subscription")

for _name, _action in DECISIONS.items():
    declare(f"admin:press_text_{_name}", Gate.DESK, "POST", kind="press.text", see="press.text.view", do=_action)
for _name in BULK_DECISIONS:
    declare(
        f"admin:press_text_{_name}_many",
        Gate.DESK,
        "GET POST",
        see="press.text.view",
        do=BULK_DECISIONS[_name].permission,
    )
declare("admin:press_text_compare", Gate.DESK, kind="press.text", see="press.text.view")
for _name in ("run", "embargoes"):
    declare(f"admin:press_text_{_name}", Gate.DESK, see="press.text.view")
for _name in ("mark", "make_delivered"):
    declare(
        f"admin:press_text_{_name}", Gate.DESK, "POST", kind="press.text", see="press.text.view", do="press.write"
    )
declare("admin:press_text_marking", Gate.DESK, kind="press.text spoken", see="press.text.view", do="press.write")
declare("admin:press_text_delivery", Gate.DESK, kind="press.text spoken", see="press.text.view")
declare("admin:press_text_file", Gate.DESK, kind="press.text file", see="press.text.view")
declare("admin:press_text_about", Gate.DESK, "GET POST", kind="press.text", see="press.text.view", do="press.write")
for _name in ("preview", "unsaved_new"):
    declare(f"admin:press_text_{_name}", Gate.DESK, "POST", see="press.text.view", do="press.text.change")
for _name in ("unsaved", "unsaved_language"):
    declare(
        f"admin:press_text_{_name}", Gate.DESK, "POST", kind="press.text", see="press.text.view", do="press.write"
    )
declare(
    "admin:press_text_language",
    Gate.DESK,
    "GET POST",
    kind="press.text",
    see="press.text.view",
    do="press.write",
)
