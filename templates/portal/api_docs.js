"use strict";

SwaggerUIBundle({
  url: "{{ schema_url|escapejs }}",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  // The library calls its list the page's main part; it stands within ours.
  onComplete: () => document.querySelector("main main")?.setAttribute("role", "group"),
  ...{{ settings|safe }},
});
