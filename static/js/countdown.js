// Counts down to the moment in data-until. data-now, where a personal page gives it, is the server's clock when the
// page was made: a wrong clock in the reader's device then does no harm. Without this script the text stays as it is.
(() => {
  "use strict";
  let places = [];
  let loaded = Date.now();
  const words = new Intl.RelativeTimeFormat(`${document.documentElement.lang || "en"}-u-nu-latn`, { numeric: "always" });
  const two = (number) => String(number).padStart(2, "0");

  function say(seconds) {
    if (seconds >= 172800) return words.format(Math.floor(seconds / 86400), "day");
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const rest = two(seconds % 60);
    return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
  }

  // What the moment makes true stands also in the badge that data-badge names.
  function over(place) {
    place.textContent = place.dataset.past;
    const badge = document.getElementById(place.dataset.badge || "");
    if (!badge) return;
    badge.textContent = place.dataset.badgePast;
    badge.dataset.state = "good";
  }

  function tick() {
    for (const place of places) {
      const given = Date.parse(place.dataset.now || "");
      const now = Number.isNaN(given) ? Date.now() : given + (Date.now() - loaded);
      const left = Math.ceil((Date.parse(place.dataset.until) - now) / 1000);
      const minutes = Math.floor(left / 60);
      if (left >= 60 && place.dataset.unit === "minute") place.textContent = words.format(minutes, "minute");
      else if (left > 0) place.textContent = say(left);
      else if (place.dataset.past) over(place);
      else if (!Number.isNaN(left)) place.textContent = say(0);
    }
  }

  function find() {
    places = [...document.querySelectorAll("[data-until]")];
    loaded = Date.now();
    tick();
  }

  find();
  setInterval(tick, 1000);
  // Another script has put a fresh part into the page (live.js).
  document.addEventListener("live:renewed", find);
})();
