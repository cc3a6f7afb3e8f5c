// The framework's choices with a search: a screen reader is told what is chosen there, by the field's own label, which
// the library leaves out, and a letter begins the search. Without this file they work as well.
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
      for (const part of [box, shown]) part?.setAttribute("aria-label", choice.getAttribute("aria-label"));
      box.removeAttribute("aria-labelledby");
    }
    // Where several can be chosen, one searches in the box itself.
    box.querySelector(".select2-search__field")?.setAttribute("aria-label", words?.textContent.trim() || choice.getAttribute("aria-label"));
  }

  const labelAll = () => document.querySelectorAll("select.admin-autocomplete").forEach(label);
  new MutationObserver(labelAll).observe(document.body, { childList: true, subtree: true });
  labelAll();

  // Whoever types a letter on a closed list searches for it, as in the browser's own lists.
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".select2-selection--single");
    const plain = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    const choice = box?.closest(".select2-container")?.previousElementSibling;
    if (!plain || !choice?.matches("select.admin-autocomplete")) return;
    window.django.jQuery(choice).select2("open");
    document.querySelector(".select2-container--open .select2-search__field")?.focus();
  });

  // The field in which one searches opens with the list.
  document.addEventListener("focusin", (event) => {
    const found = event.target;
    if (!found.classList.contains("select2-search__field") || found.hasAttribute("aria-label")) return;
    const box = document.querySelector(".select2-container--open .select2-selection");
    const list = box?.getAttribute("aria-owns");
    if (list) box.setAttribute("aria-controls", list);
    const words = document.getElementById((box?.getAttribute("aria-labelledby") || "").split(" ")[0]);
    const said = words?.textContent.trim() || box?.getAttribute("aria-label");
    if (said) found.setAttribute("aria-label", said);
  });
})();
