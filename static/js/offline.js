// Starts the script that keeps the agenda for when there is no network (static/js/worker.js), gives it the files of this
// page, and drops what was kept when somebody signs out.
(() => {
  "use strict";
  const address = document.currentScript.dataset.worker;
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;

  document.addEventListener("submit", (event) => {
    if (/\/(logout|leave)\/$/.test(new URL(event.target.action, location.href).pathname)) caches.delete("portal-pages");
  });

  if (document.querySelector("[data-offline]")) {
    navigator.serviceWorker.register(address, { scope: "/portal/" }).then(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller) return;
      // The first page came before the script: its files are kept now.
      const files = await caches.open("portal-files");
      const used = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
      await Promise.allSettled(used.map((url) => files.add(url)));
    });
  }
})();
