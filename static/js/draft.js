// Keeps what is typed into a long form until it is saved: a sign-in that has ended meanwhile loses no words. They stay in
// this tab, for the account that typed them, and go when they are saved, when somebody signs out in this browser, or when
// another account is here. Without it the form works as well.
(() => {
  "use strict";
  const PREFIX = "draft:";
  const owner = document.body.dataset.owner || "";
  let store;
  try {
    store = window.sessionStorage;
    store.getItem(PREFIX);
  } catch {
    return;
  }

  const kept = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try {
      return JSON.parse(store.getItem(key)) || {};
    } catch {
      return {};
    }
  };
  let signedOut = false;
  const forget = () => {
    signedOut = true;
    for (const key of kept()) store.removeItem(key);
  };

  const saved = document.querySelector("[data-saved]");
  for (const key of kept()) {
    const draft = read(key);
    if (draft.owner !== owner || (saved && draft.sent)) store.removeItem(key);
  }

  // Whoever signs out takes their words out of every tab of this browser.
  for (const form of document.querySelectorAll("form[data-signs-out]")) {
    form.addEventListener("submit", () => {
      forget();
      try {
        window.localStorage.setItem("signed-out", String(Date.now()));
      } catch {
        // Other tabs keep theirs until they are closed.
      }
    });
  }
  window.addEventListener("storage", (event) => {
    if (event.key === "signed-out") forget();
  });

  const form = document.querySelector("form[data-draft]");
  if (!form || !owner) return;
  const goal = new URL(form.getAttribute("action") || location.href, location.href);
  const key = PREFIX + goal.pathname + goal.search;
  // What stands here was just taken from a file, shown before it is saved, or joined with what another saved meanwhile:
  // it replaces what was typed before.
  const taken = form.dataset.draft === "taken";
  const OTHERS = ["csrfmiddlewaretoken", "once", "before"];
  const fields = [...form.elements].filter(
    (field) => field.name && !OTHERS.includes(field.name) && !["file", "submit"].includes(field.type),
  );
  // Boxes share a name: each is known by name and value, and what is kept of it is whether it is ticked.
  const isBox = (field) => ["checkbox", "radio"].includes(field.type);
  const nameOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
  // A list in which one finds a row by typing has only what is chosen: what that is called is kept with it.
  const isFound = (field) => field.matches("select.admin-autocomplete");
  const called = (field) => field.selectedOptions[0]?.textContent ?? "";
  const valueOf = (field) => {
    if (isBox(field)) return field.checked;
    return isFound(field) && field.value ? `${field.value}\n${called(field)}` : field.value;
  };
  const setTo = (field, value) => {
    if (isBox(field)) field.checked = value;
    else if (isFound(field)) {
      const [key, ...label] = value.split("\n");
      if (![...field.options].some((option) => option.value === key)) field.add(new Option(label.join(" "), key));
      field.value = key;
      field.dispatchEvent(new Event("change"));
    } else field.value = value;
  };
  const values = () => fields.map((field) => [nameOf(field), valueOf(field)]);
  let waiting = 0;
  const began = JSON.stringify(values());

  function keep(sent) {
    waiting = 0;
    if (signedOut) return;
    const now = values();
    if (JSON.stringify(now) === began && !sent && !taken) {
      store.removeItem(key);
      return;
    }
    try {
      store.setItem(key, JSON.stringify({ owner, sent, values: now }));
    } catch {
      // The browser has no room left: the words are in the form.
    }
  }

  // Whether what one sees in the form is what was typed. What is hidden in it, such as the edition on which the words are
  // based, comes from the page then: its answer to what was posted may have moved it on.
  function stands(draft) {
    const given = new Map(draft.values);
    const seen = fields.filter((field) => field.type !== "hidden" && given.has(nameOf(field)));
    return seen.every((field) => given.get(nameOf(field)) === valueOf(field));
  }

  function putBack(draft) {
    const given = new Map(draft.values);
    for (const field of fields) if (given.has(nameOf(field))) setTo(field, given.get(nameOf(field)));
    const notice = form.querySelector("template[data-draft-notice]");
    if (!notice) return;
    const shown = notice.content.cloneNode(true).firstElementChild;
    form.prepend(shown);
    shown.querySelector("button").addEventListener("click", () => {
      store.removeItem(key);
      for (const [at, [, value]] of JSON.parse(began).entries()) setTo(fields[at], value);
      shown.remove();
      fields.find((field) => field.type !== "hidden").focus();
    });
  }

  const draft = read(key);
  if (taken) keep(false);
  else if (draft.values && !stands(draft)) putBack(draft);

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(false), 300);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    keep(true);
  });
  window.addEventListener("pagehide", () => {
    if (waiting && !read(key).sent) keep(false);
  });
})();
