// Counts the rows that are ticked in a list and says the number on the buttons. Without it the buttons work as well.
(() => {
  "use strict";
  const bar = document.querySelector(".bulk");
  const boxes = [...document.querySelectorAll("input.action-select")];
  const all = document.getElementById("action-toggle");
  if (!bar || !boxes.length) {
    if (all) all.hidden = true;
    return;
  }
  const said = bar.querySelector(".bulk-count");
  const across = bar.querySelector("[name=select_across]");
  const numbers = [...bar.querySelectorAll(".bulk-number")];
  let last = null;
  let shift = false;

  function count() {
    const ticked = boxes.filter((box) => box.checked).length;
    const everything = Boolean(across && across.checked);
    const number = everything ? said.dataset.many : ticked;
    said.textContent = said.dataset.words.replace("{number}", number).replace("{all}", everything ? said.dataset.many : said.dataset.all);
    for (const place of numbers) place.textContent = ticked || everything ? `(${number})` : "";
    if (all) {
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  }

  document.addEventListener("click", (event) => {
    shift = event.shiftKey;
  }, true);
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (shift && last && last !== box) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
      if (!box.checked && across) across.checked = false;
      count();
    });
  }
  if (all) {
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      if (!all.checked && across) across.checked = false;
      count();
    });
  }
  if (across) {
    across.addEventListener("change", () => {
      // The rows on the page show what is chosen.
      if (across.checked) for (const box of boxes) box.checked = true;
      count();
    });
  }
  window.addEventListener("pageshow", count);
  count();
})();
