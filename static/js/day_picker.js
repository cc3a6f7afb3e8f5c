// A button beside each date opens the browser's calendar; the date stays a text with the day first, which the browser's
// own field may not have. Without this file one types the date.
(() => {
  "use strict";
  if (!("showPicker" in HTMLInputElement.prototype)) return;

  const iso = (text) => {
    const found = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(text.trim());
    return found ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : text.trim();
  };

  function attach(field) {
    if (field.disabled || field.readOnly || field.nextElementSibling?.classList.contains("day-picker")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.setAttribute("aria-label", field.dataset.choose);
    button.textContent = "▾";
    // Never seen nor reached: it only opens the calendar where the button is.
    const calendar = document.createElement("input");
    calendar.type = "date";
    calendar.tabIndex = -1;
    calendar.setAttribute("aria-hidden", "true");
    const pair = document.createElement("span");
    pair.className = "day-picker";
    pair.append(button, calendar);
    field.after(pair);
    button.addEventListener("click", () => {
      field.focus();
      calendar.value = iso(field.value);
      calendar.showPicker();
    });
    calendar.addEventListener("change", () => {
      field.value = calendar.value.split("-").reverse().join("/");
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    });
    // What happens in the calendar is told by the field.
    for (const name of ["input", "change"]) calendar.addEventListener(name, (event) => event.stopPropagation());
  }

  const attachAll = (root) => root.querySelectorAll("input.day").forEach(attach);
  attachAll(document);
  document.addEventListener("htmx:load", (event) => attachAll(event.detail.elt));
  document.addEventListener("formset:added", (event) => attachAll(event.target));
})();
