// A page that follows: told by the server that something changed, it asks for itself again and
// puts the parts that differ in place. A part in which somebody types or stands is left alone
// until they have gone on. The clock counts to the server's end, whatever this device's clock
// says and however long it slept.

const spot = document.getElementById("live");
const loaded = Date.now();
let waiting = false;
let again = false;

function busy(part) {
  const active = document.activeElement;
  return active && part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName);
}

function put(page) {
  document.querySelectorAll("[data-live-part]").forEach((here) => {
    const there = page.getElementById(here.id);
    if (!there || busy(here)) return;
    if (plain(here) === plain(there)) return;
    const control = here.contains(document.activeElement) ? document.activeElement : null;
    const open = [...here.querySelectorAll("details")].map((one) => one.open);
    here.innerHTML = there.innerHTML;
    [...here.querySelectorAll("details")].forEach((one, place) => {
      if (open[place]) one.open = true;
    });
    if (control) {
      const same = [...here.querySelectorAll(control.tagName)].find(
        (one) => one.name === control.name && one.value === control.value,
      );
      (same || here.querySelector("button, a, summary") || here).focus({ preventScroll: true });
    }
  });
  tick();
}

// One-time keys and the moment of the page differ at each loading; they change nothing to see.
function plain(part) {
  return part.innerHTML
    .replace(/name="once" value="[^"]*"/g, "")
    .replace(/data-now="\d+"/g, "")
    .replace(/(<span data-ends="\d+"[^>]*>)[^<]*/g, "$1");
}

async function refresh() {
  if (waiting) {
    again = true;
    return;
  }
  waiting = true;
  try {
    const answer = await fetch(location.href, {
      headers: { accept: "text/html", "x-follows": "1" },
    });
    if (answer.redirected) location.assign(answer.url);
    else if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    say(true);
  }
  waiting = false;
  if (again) {
    again = false;
    refresh();
  }
}

function say(cut) {
  spot.className = cut ? "notice notice-wrong" : "";
  spot.textContent = cut ? spot.dataset.cut : "";
}

function tick() {
  document.querySelectorAll("[data-ends]").forEach((one) => {
    // The server's time now: what it was when the page was made, and what has passed since.
    if (!one.dataset.at) one.dataset.at = String(Date.now());
    const now = Number(one.dataset.now) + (Date.now() - Number(one.dataset.at));
    const left = Math.round((Number(one.dataset.ends) - now) / 1000);
    const sign = left < 0 ? "+" : "";
    const seconds = Math.abs(left);
    one.textContent = `${sign}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    one.closest(".clock").classList.toggle("clock-over", left < 0);
  });
}

if (spot && spot.dataset.live && window.EventSource) {
  const source = new EventSource(spot.dataset.live);
  source.onmessage = refresh;
  source.onerror = () => say(true);
  source.onopen = () => {
    say(false);
    if (Date.now() - loaded > 5000) refresh();
  };
  // Back from sleep, or from another page of the browser: what is shown may be old.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}
// What time alone changes (whether a link is cut) no step tells of: such a page asks by itself.
if (spot && spot.dataset.every) setInterval(refresh, Number(spot.dataset.every) * 1000);
tick();
setInterval(tick, 1000);
