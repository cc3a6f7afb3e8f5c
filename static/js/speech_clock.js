// Lets the clocks of a speakers' list run on: from the seconds that the page says, by this device's own time since then.
// What counts is stored by the server; without this script the page shows the time at which it was made.
(() => {
  "use strict";
  const shown = new WeakMap();
  const two = (number) => String(number).padStart(2, "0");

  function say(seconds) {
    const whole = Math.floor(seconds);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  }

  // The seconds of a clock now: those that the page said, and those since it came.
  function now(place, seconds, runs) {
    if (!shown.has(place)) shown.set(place, performance.now());
    return Number(seconds) + (runs ? (performance.now() - shown.get(place)) / 1000 : 0);
  }

  function tell(place, seconds, limit) {
    const [left, over] = [place.querySelector("[data-left]"), place.querySelector("[data-over]")];
    left.hidden = seconds > limit;
    over.hidden = !left.hidden;
    left.dataset.state = limit - seconds < 60 ? "warn" : "good";
    left.textContent = left.dataset.left.replace("%s", say(Math.max(Math.ceil(limit - seconds), 0)));
    over.textContent = over.dataset.over.replace("%s", say(seconds - limit));
    // Said once, when the limit is passed; the seconds are never read out.
    const said = place.querySelector("[data-said]");
    const words = left.hidden ? said.dataset.said : "";
    if (said.textContent !== words) said.textContent = words;
  }

  function tick() {
    for (const place of document.querySelectorAll("[data-clock]")) {
      const limit = Number(place.dataset.limit);
      const seconds = now(place, place.dataset.clock, "runs" in place.dataset);
      place.querySelector("[data-time]").textContent = say(seconds);
      place.querySelector("progress").value = Math.min(seconds, limit);
      tell(place, seconds, limit);
    }
    for (const place of document.querySelectorAll("[data-point]")) {
      place.querySelector("[data-time]").textContent = say(now(place, place.dataset.point, true));
    }
  }

  tick();
  setInterval(tick, 250);
})();
