// Long work: asks its page once a second how far it is, and shows the page anew at the end. Without it one looks again
// by the link beneath. What is read aloud is said only at each tenth of the way.
for (const bar of document.querySelectorAll("[data-progress]")) {
  const meter = bar.querySelector("progress");
  let tenth = -1;

  const show = (found) => {
    if (found.total) {
      meter.max = found.total;
      meter.value = found.done;
    }
    bar.querySelector("[data-words]").textContent = found.words;
    bar.querySelector("[data-left]").textContent = found.left;
    const reached = found.total ? Math.floor((10 * found.done) / found.total) : 0;
    if (reached !== tenth) {
      tenth = reached;
      bar.querySelector("[data-said]").textContent = found.words;
    }
  };

  const ask = async () => {
    let pause = 1000;
    try {
      const answer = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = await answer.json();
      if (found.finished) {
        location.reload();
        return;
      }
      show(found);
    } catch {
      pause = 5000;
    }
    setTimeout(ask, pause);
  };
  setTimeout(ask, 1000);
}
