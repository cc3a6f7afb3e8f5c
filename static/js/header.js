// The header's clock, and menus.
// The clock shows the time at the venue, in words that the server chose. data-now, on personal pages, is the server's clock when
// the page was made. Without this script personal pages show that moment, and public ones no clock.
(() => {
  "use strict";
  const clocks = [...document.querySelectorAll("[data-zone]")];
  const loaded = Date.now();

  function tick() {
    for (const clock of clocks) {
      const given = Date.parse(clock.dataset.now || "");
      const now = Number.isNaN(given) ? Date.now() : given + (Date.now() - loaded);
      const form = { timeZone: clock.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      const time = new Intl.DateTimeFormat("en-GB", form).format(now);
      const words = clock.dataset.words.replace("{time}", time);
      const place = clock.querySelector("time");
      if (place.textContent !== words) place.textContent = words;
      clock.hidden = false;
    }
  }

  try {
    tick();
    setInterval(tick, 1000);
  } catch {
    // A browser that does not know the zone goes on without a clock.
  }

  // Menus close with Escape, and when one looks elsewhere.
  const menus = [...document.querySelectorAll(".masthead details, details.menu-of")].reverse();
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (menu.open && menu.contains(document.activeElement)) {
        menu.open = false;
        menu.querySelector("summary").focus();
        return;
      }
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
})();
