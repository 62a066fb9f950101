// The ballot without a page load for each button. The server stays the only one that knows the
// rules: each press sends the whole form as it would without this script, and the parts of the
// answer that changed are put in place. Focus stays on the control that was used, the page does
// not jump, and what happened is said in the status line.

const form = document.getElementById("page-form");
const ranked = form.dataset.kind === "ranked";
const QUIET = ["state", "problems", "money", "bar-words"];

let latest = 0; // the newest request; answers of older ones come too late
let unsaved = false; // a select was changed and nothing was sent yet
let leaving = false; // the form itself is on its way

function body(submitter) {
  const data = new FormData(form);
  if (submitter) data.append(submitter.name, submitter.value);
  else data.append("save", "1");
  return new URLSearchParams(data);
}

async function ask(submitter) {
  const mine = ++latest;
  unsaved = false;
  const answer = await fetch(form.action, { method: "POST", body: body(submitter) });
  const text = await answer.text();
  if (mine !== latest) return null;
  return new DOMParser().parseFromString(text, "text/html");
}

function replace(id, page) {
  const here = document.getElementById(id);
  const there = page.getElementById(id);
  if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
}

// What the control is after its project has moved: the same button, or after "Add" its "Up".
function again(control) {
  const [way, ...rest] = control.value.split("-");
  const key = rest.join("-");
  const same = form.elements.namedItem(control.name);
  const buttons = same instanceof RadioNodeList ? [...same] : same ? [same] : [];
  return (
    buttons.find((one) => one.value === control.value) ||
    (way === "add" && buttons.find((one) => one.value === `up-${key}`)) ||
    null
  );
}

function sayOffline() {
  const line = document.createElement("p");
  line.className = "notice notice-wrong";
  line.textContent = form.dataset.offline;
  document.getElementById("said").replaceChildren(line);
}

async function press(submitter) {
  let page;
  try {
    page = await ask(submitter);
  } catch {
    sayOffline();
    return;
  }
  if (!page) return;
  const there = page.getElementById("page-form");
  if (!there || there.dataset.kind !== form.dataset.kind) {
    // The vote has closed, or the session has ended: the server's own page says so.
    send(submitter);
    return;
  }
  const top = submitter.getBoundingClientRect().top;
  QUIET.forEach((id) => replace(id, page));
  replace("lists", page);
  const control = again(submitter);
  if (control) {
    control.focus({ preventScroll: true });
    window.scrollBy(0, control.getBoundingClientRect().top - top);
  }
  // Emptied first: the same words twice are said twice.
  const said = document.getElementById("said");
  said.replaceChildren();
  const words = page.getElementById("said").innerHTML;
  const before = control ? control.getBoundingClientRect().top : 0;
  setTimeout(() => {
    said.innerHTML = words;
    if (control) window.scrollBy(0, control.getBoundingClientRect().top - before);
  }, 50);
}

let keeping = false;
let changedAgain = false;

// One request at a time: what changes meanwhile goes with the next.
async function keep() {
  changedAgain = true;
  if (keeping) return;
  keeping = true;
  while (changedAgain) {
    changedAgain = false;
    let page;
    try {
      page = await ask(null);
    } catch {
      sayOffline();
      break;
    }
    if (!page) continue;
    if (page.getElementById("page-form")) QUIET.forEach((id) => replace(id, page));
    else send(null);
  }
  keeping = false;
}

function send(submitter) {
  leaving = true;
  if (submitter && submitter.isConnected) form.requestSubmit(submitter);
  else form.requestSubmit();
}

form.addEventListener("submit", (event) => {
  const submitter = event.submitter;
  if (!leaving && submitter && (submitter.name === "move" || submitter.name === "save")) {
    event.preventDefault();
    press(submitter);
    return;
  }
  leaving = true;
});

form.addEventListener("change", (event) => {
  if (!event.target.name) return;
  // A select is changed by each arrow key: sorting at once would take it from under the hand.
  if (ranked) unsaved = true;
  else keep();
});

addEventListener("pagehide", () => {
  if (!unsaved || leaving) return;
  fetch(form.action, { method: "POST", body: body(null), keepalive: true, redirect: "manual" });
});

// A page that comes back from the browser's memory may be older than the draft.
addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) location.reload();
});
