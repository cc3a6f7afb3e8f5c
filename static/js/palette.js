// Ctrl-K, Cmd-K and, where one doesn't write, / open the palette. Arrows go through what it has found, Enter goes there;
// whoever goes on writing is back in the box. What can't be fetched is looked for on the page of the search.
(() => {
  "use strict";
  const palette = document.getElementById("palette");
  if (!palette || !palette.showModal) return;
  const box = palette.querySelector("input[type=search]");
  const results = document.getElementById("palette-results");
  const links = () => [...results.querySelectorAll("a")];
  const words = () => box.value.trim();
  // For which words the results are, whether Enter waits for those of the box, and what is under way.
  let shown = null;
  let waits = false;
  let timer = 0;
  let request = new AbortController();

  async function find() {
    clearTimeout(timer);
    request.abort();
    request = new AbortController();
    const asked = words();
    const query = new URLSearchParams(new FormData(box.form));
    try {
      const options = { headers: { "HX-Request": "true" }, signal: request.signal };
      const answer = await fetch(`${palette.dataset.url}?${query}`, options);
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      results.innerHTML = await answer.text();
    } catch (problem) {
      if (problem.name !== "AbortError" && waits) box.form.submit();
      return;
    }
    shown = asked;
    if (waits && shown === words()) go();
  }

  function go() {
    waits = false;
    const [first] = links();
    if (first) first.click();
  }

  function open(event) {
    event.preventDefault();
    if (!palette.open) palette.showModal();
    box.focus();
    box.select();
    find();
  }

  function close() {
    // What is hidden would keep the focus until the next frame, and take the next key.
    document.activeElement.blur();
    palette.close();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === "k") return open(event);
    const writes = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !command && !writes) open(event);
  });

  box.addEventListener("input", () => {
    waits = false;
    clearTimeout(timer);
    timer = setTimeout(find, 60);
  });

  palette.addEventListener("keydown", (event) => {
    const found = links();
    const at = found.indexOf(document.activeElement);
    if (event.key === "Escape") {
      // A box for a search would only be emptied.
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? box : found[Math.min(next, found.length - 1)] || box).focus();
    } else if (event.key === "Enter" && event.target === box) {
      event.preventDefault();
      if (shown === words()) return go();
      waits = true;
      find();
    } else if (event.key.length === 1 && at >= 0 && !event.ctrlKey && !event.metaKey) {
      box.focus();
    }
  });

  // A click beside the palette closes it.
  palette.addEventListener("click", (event) => {
    if (event.target === palette) close();
  });
})();
