// The end of a session moves with its start: the session keeps its length. Without this file one changes both.
(() => {
  "use strict";
  const PARTS = ["0", "1"];
  const field = (form, name, part) => form.querySelector(`[name="${name}_${part}"]`);
  // A date is typed with the day first, as the server shows it (summit.admin_base.widgets.DayInput).
  const iso = (text) => {
    const found = /^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$/.exec(text.trim());
    return found ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : text.trim();
  };
  const dayFirst = (text) => text.split("-").reverse().join("/");
  // Moments as if in UTC: only differences of them are used, and both are of one zone.
  function moment(form, name) {
    const [day, time] = PARTS.map((part) => field(form, name, part)?.value || "");
    const found = /^(\d{1,2})[:.]?(\d{2})/.exec(time);
    return day && found ? Date.parse(`${iso(day)}T${found[1].padStart(2, "0")}:${found[2]}:00Z`) : NaN;
  }

  let start = NaN;
  document.addEventListener("focusin", (event) => {
    if (event.target.name?.startsWith("starts_at_")) start = moment(event.target.form, "starts_at");
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!event.target.name?.startsWith("starts_at_") || !form) return;
    const now = moment(form, "starts_at");
    const end = moment(form, "ends_at");
    if (!Number.isNaN(start) && !Number.isNaN(now) && !Number.isNaN(end)) {
      const moved = new Date(end + now - start).toISOString();
      field(form, "ends_at", "0").value = dayFirst(moved.slice(0, 10));
      field(form, "ends_at", "1").value = moved.slice(11, 16);
    }
    if (!Number.isNaN(now)) start = now;
  });
})();
