// Ctrl-K, Cmd-K and, where one doesn't write, / open the palette. Arrows go through what it has found, Enter goes there;
// whoever goes on writing is back in the box. htmx fetches what is found.
(() => {
  "use strict";
  const palette = document.getElementById("palette");
  if (!palette || !palette.showModal) return;
  const box = palette.querySelector("input[type=search]");
  const links = () => [...palette.querySelectorAll("#palette-results a")];
  // Whether what is shown was found for what the box has now, and whether Enter waits for that.
  const current = () => palette.querySelector("[data-words]")?.dataset.words === box.value.trim();
  let waits = false;

  function open(event) {
    event.preventDefault();
    if (!palette.open) palette.showModal();
    box.focus();
    box.select();
    box.dispatchEvent(new Event("palette"));
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") return open(event);
    const writes = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !command && !writes) open(event);
  });

  palette.addEventListener("keydown", (event) => {
    const found = links();
    const at = found.indexOf(document.activeElement);
    if (event.key === "Escape") {
      // A box for a search would only be emptied.
      event.preventDefault();
      palette.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? box : found[Math.min(next, found.length - 1)] || box).focus();
    } else if (event.key === "Enter" && event.target === box && (found.length || !current())) {
      event.preventDefault();
      if (current()) found[0].click();
      else waits = true;
    } else if (event.key.length === 1 && at >= 0 && !event.ctrlKey && !event.metaKey) {
      box.focus();
    }
  });

  box.addEventListener("input", () => {
    waits = false;
  });
  palette.addEventListener("htmx:afterSwap", () => {
    if (!waits || !current()) return;
    waits = false;
    links()[0]?.click();
  });

  // A click beside the palette closes it.
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
})();
