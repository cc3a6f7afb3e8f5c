// The framework's choices with a search: a screen reader is told what is chosen there, by the field's own label, which
// the library leaves out. Without this file they work as well.
(() => {
  "use strict";
  const give = (place, label, own) => place?.setAttribute("aria-labelledby", own ? `${label.id} ${own}` : label.id);

  function label(choice) {
    const box = choice.nextElementSibling?.querySelector(".select2-selection");
    const words = choice.labels[0];
    if (!box || box.dataset.labelled) return;
    const shown = box.querySelector(".select2-selection__rendered");
    box.dataset.labelled = "yes";
    if (words) {
      words.id ||= `${choice.id}-label`;
      give(box, words, shown?.id);
      give(shown, words, "");
    } else if (choice.getAttribute("aria-label")) {
      // In a table a field is named by its column alone.
      box.setAttribute("aria-label", choice.getAttribute("aria-label"));
      box.removeAttribute("aria-labelledby");
    }
  }

  const labelAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(label);
  new MutationObserver(labelAll).observe(document.body, { childList: true, subtree: true });
  labelAll();

  // The field in which one searches opens with the list.
  document.addEventListener("focusin", (event) => {
    const found = event.target;
    if (!found.classList.contains("select2-search__field") || found.hasAttribute("aria-label")) return;
    const box = document.querySelector(".select2-container--open .select2-selection");
    const words = document.getElementById((box?.getAttribute("aria-labelledby") || "").split(" ")[0]);
    const said = words?.textContent.trim() || box?.getAttribute("aria-label");
    if (said) found.setAttribute("aria-label", said);
  });
})();
