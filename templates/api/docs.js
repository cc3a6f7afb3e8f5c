"use strict";

// The library's page has a title and a main part of its own. What stands before and after that part is made regions,
// and the headings go one level up, so that none is skipped.
const place = document.getElementById("swagger-ui");
const levels = { H3: "2", H4: "3", H5: "4" };
const standInOrder = () => {
  for (const part of place.querySelectorAll(".information-container, .scheme-container, section.models")) {
    part.setAttribute("role", "region");
    part.setAttribute("aria-label", part.classList[0]);
  }
  for (const heading of place.querySelectorAll("h3, h4, h5")) heading.setAttribute("aria-level", levels[heading.tagName]);
};
new MutationObserver(standInOrder).observe(place, { childList: true, subtree: true });

SwaggerUIBundle({
  url: "{{ schema_url|escapejs }}",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  ...{{ settings|safe }},
});
