// The protocol order: rows move where they are, by button or by mouse; nothing is stored before the order is saved.
// Without this script each button sends the form, and the server moves the row.
"use strict";

for (const list of document.querySelectorAll("[data-order]")) {
  const form = list.closest("form");
  const status = form.querySelector("[data-order-said]");
  if (!status) continue;
  const number = (row) => row.querySelector("input[name^='place-']");
  const ranked = (row) => number(row).value.trim() !== "";
  const name = (row) => row.querySelector(".party-name bdi").textContent;

  // Those with a place first and numbered, then the others as they stood.
  const settle = () => {
    [...list.children].filter(ranked).forEach((row, place) => {
      number(row).value = row.querySelector("input[name^='was-']").value = String(place + 1);
    });
    for (const row of list.children) {
      row.classList.toggle("unranked", !ranked(row));
      if (!ranked(row)) row.querySelector("input[name^='was-']").value = "";
    }
  };

  const say = (row) => {
    const words = ranked(row) ? status.dataset.orderSaid : status.dataset.orderOut;
    status.textContent = words.replace("%1", name(row)).replace("%2", number(row).value);
  };

  // Puts a row before the ranked one at `place`, or last among them.
  const put = (row, place) => {
    const others = [...list.children].filter((other) => other !== row && ranked(other));
    const after = others[Math.min(place, others.length) - 1];
    if (place <= 0 || !after) list.prepend(row);
    else after.after(row);
    number(row).value = "1";
    settle();
    say(row);
  };

  const placeOf = (row) => [...list.children].filter(ranked).indexOf(row);

  const out = (row) => {
    number(row).value = "";
    const last = [...list.children].filter(ranked).at(-1);
    if (last) last.after(row);
    settle();
    say(row);
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='move']");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const how = button.value.split(":")[0];
    const place = placeOf(row);
    const many = [...list.children].filter(ranked).length;
    if (how === "top") put(row, 0);
    else if (how === "out") out(row);
    else if (how === "up") put(row, place < 0 ? many : place - 1);
    else if (place >= 0) put(row, place + 1);
    button.focus();
  });

  list.addEventListener("change", (event) => {
    const field = event.target.closest("input[name^='place-']");
    if (!field) return;
    const row = field.closest("li");
    const wanted = Number.parseInt(field.value, 10);
    if (wanted > 0) put(row, wanted - 1);
    else out(row);
  });

  let dragged = null;
  for (const row of list.children) {
    row.draggable = true;
    row.querySelector(".handle").hidden = false;
  }
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    if (!dragged || event.target.closest("input")) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", name(dragged));
    dragged.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const over = event.target.closest("li");
    for (const row of list.children) row.classList.toggle("over", row === over && row !== dragged);
  });
  list.addEventListener("drop", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over !== dragged) {
      const rest = [...list.children].filter((row) => row !== dragged);
      const half = over.getBoundingClientRect();
      const place = rest.indexOf(over) + (event.clientY > half.top + half.height / 2 ? 1 : 0);
      put(dragged, Math.min(place, rest.filter(ranked).length));
    }
  });
  list.addEventListener("dragend", () => {
    for (const row of list.children) row.classList.remove("over", "dragged");
    dragged = null;
  });
}
