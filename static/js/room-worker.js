// Keeps the room's screen and what it needs on the device, so that a page loaded again without a
// network still shows the agenda, the clock and the notes. What the server says comes first.

const CACHE = "jury-room-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Whoever leaves the screen leaves nothing of it on the device.
  if (url.pathname === "/room") event.waitUntil(caches.delete(CACHE));
  const ours = url.pathname === "/room/screen" || url.pathname.startsWith("/static/");
  if (request.method !== "GET" || url.origin !== self.location.origin || !ours) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      try {
        const answer = await fetch(request);
        if (answer.ok && !answer.redirected) cache.put(request, answer.clone());
        return answer;
      } catch (failure) {
        const known = await cache.match(request, { ignoreVary: true });
        if (known) return known;
        throw failure;
      }
    })(),
  );
});
