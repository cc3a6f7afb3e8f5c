// Keeps what somebody has read of their agenda, for when there is no network. It goes to the network first and waits
// five seconds for it. Only the home, the agenda, pages of sessions and changes are kept, and only what a GET was
// answered with; forms, people's pages and papers never are. What is kept belongs to one reader: the answer's header
// Summit-Reader says whose it is, and an answer of another reader, or one for nobody, drops what was kept before.
"use strict";

const PAGES = "portal-pages";
const FILES = "portal-files";
const KEPT = /^\/portal\/(agenda\/([\w-]+\/)?|changes\/)?$/;
const WAIT = 5000;
const MOST_PAGES = 60;
const LONGEST = 3 * 24 * 3600 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function wait() {
  return new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), WAIT));
}

async function readerOfKept() {
  const found = await (await caches.open(PAGES)).match("/portal/reader");
  return found ? found.text() : "";
}

async function keep(request, response) {
  const reader = response.headers.get("Summit-Reader") || "";
  if (reader !== (await readerOfKept()) || response.status === 401 || response.status === 403) await caches.delete(PAGES);
  if (!reader || !response.ok || response.redirected || !KEPT.test(new URL(request.url).pathname)) return;
  const pages = await caches.open(PAGES);
  await pages.put("/portal/reader", new Response(reader));
  const headers = new Headers({ "Content-Type": response.headers.get("Content-Type") || "text/html", "Kept-At": String(Date.now()) });
  const policy = response.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  await pages.put(request.url, new Response(await response.text(), { headers }));
  const keys = await pages.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - MOST_PAGES))) {
    if (!old.url.endsWith("/portal/reader")) await pages.delete(old);
  }
}

// What is kept of an address, with the notices that say so.
async function kept(url, ...notices) {
  const pages = await caches.open(PAGES);
  const address = new URL(url);
  const plain = address.origin + address.pathname;
  const found = (await pages.match(url)) || (await pages.match(plain, { ignoreSearch: true }));
  if (!found || Date.now() - Number(found.headers.get("Kept-At")) > LONGEST) return null;
  const text = notices.reduce((all, name) => all.replace(` ${name} hidden>`, ` ${name}>`), await found.text());
  return new Response(text, { headers: found.headers });
}

// In place of a page that isn't kept, the agenda, which says so.
async function instead(problem) {
  const found = await kept(`${self.location.origin}/portal/agenda/`, "data-offline", "data-not-kept");
  if (found) return found;
  throw problem;
}

async function page(event) {
  const answer = fetch(event.request);
  const noted = answer.then((response) => keep(event.request, response.clone())).catch(() => {});
  event.waitUntil(noted);
  try {
    return await Promise.race([answer, wait()]);
  } catch (problem) {
    const found = KEPT.test(new URL(event.request.url).pathname) ? await kept(event.request.url, "data-offline") : null;
    return found || answer.catch(instead);
  }
}

async function file(event) {
  const files = await caches.open(FILES);
  try {
    const response = await Promise.race([fetch(event.request), wait()]);
    if (response.ok) event.waitUntil(files.put(event.request.url, response.clone()));
    return response;
  } catch (problem) {
    return (await files.match(event.request.url)) || fetch(event.request);
  }
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (address.pathname.startsWith("/static/") || request.destination === "style" || address.pathname.endsWith("/emblem.png")) event.respondWith(file(event));
});
