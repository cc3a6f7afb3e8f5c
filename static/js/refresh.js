// Shows a public page anew when what it says of the present is over: at the moment in data-fresh-until the server has another
// page, and its main part takes the place of this one's. On the summit's days (data-live-page) the page is compared with the
// server's each few seconds by its ETag, so that new times and delays are seen at once. Without this script the page stays as
// it is until it is loaded again.
(() => {
  "use strict";
  const least = 30;
  const spread = 20;
  const every = 4000;
  let marker = document.querySelector("[data-fresh-until]");

  function wait() {
    if (!marker) return;
    const left = (Date.parse(marker.dataset.freshUntil) - Date.now()) / 1000;
    // Not all readers at the same second.
    const seconds = Math.max(left, least) + Math.random() * spread;
    setTimeout(look, Math.min(seconds, 86400) * 1000);
  }

  async function show(answer) {
    const main = document.getElementById("content");
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const open = [...main.querySelectorAll("details")].map((part) => part.open);
    main.replaceChildren(...document.importNode(fresh.getElementById("content"), true).childNodes);
    for (const [place, part] of main.querySelectorAll("details").entries()) part.open = open[place] ?? part.open;
    marker = main.querySelector("[data-fresh-until]");
  }

  async function look() {
    const main = document.getElementById("content");
    // Nobody is moved while they read on with the keyboard, or select something.
    const busy = document.hidden || main.contains(document.activeElement) || !getSelection().isCollapsed;
    try {
      const answer = busy ? null : await fetch(location.href, { cache: "no-cache" });
      if (answer && answer.ok) await show(answer);
    } catch {
      // The next time may succeed.
    }
    wait();
  }

  // The page as the server has it; a new one takes the place of this one's main part.
  let etag = null;

  async function compare() {
    const main = document.getElementById("content");
    if (!document.hidden && navigator.onLine) {
      try {
        const answer = await fetch(location.href, { cache: "no-cache" });
        const current = answer.headers.get("ETag");
        if (answer.ok && etag !== null && current !== etag && !main.contains(document.activeElement) && getSelection().isCollapsed) {
          await show(answer);
          etag = current;
        } else if (etag === null) {
          etag = current;
        }
      } catch {
        // The next time may succeed.
      }
    }
    setTimeout(compare, every);
  }

  wait();
  if (document.querySelector("[data-live-page]")) setTimeout(compare, 1000);
})();
