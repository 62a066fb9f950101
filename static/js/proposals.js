// While somebody writes an idea: what is typed is kept, ideas like it are shown, and the map can be
// tapped at any size. Without this script each step does the same when its button is pressed.

const form = document.getElementById("page-form");
const kept = document.getElementById("kept");
const PAUSE = 1500; // milliseconds without a key before something is sent

// -- keep what is typed ---------------------------------------------------------------------

let waiting = 0;
let busy = false;
let again = false;
let leaving = false;

async function keep() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    const data = new FormData(form);
    data.delete("point.x");
    data.append("keep", "1");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(data) });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    let said = form.dataset.saved;
    if (answer.status === 422) {
      said = (await answer.json()).wrong; // a pin in the sea
    } else if (answer.status === 200) {
      // The first words made a draft: from now on the form belongs to it.
      const { action } = await answer.json();
      form.action = action;
      form.querySelector("input[name=once]")?.remove();
    }
    if (!leaving) kept.textContent = said;
  } catch {
    if (!leaving) kept.textContent = form.dataset.unsaved;
  }
  busy = false;
  if (again) {
    again = false;
    keep();
  }
}

function later() {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    keep();
    suggest();
  }, PAUSE);
}

if (form && "keep" in form.dataset) {
  form.addEventListener("input", later);
  form.addEventListener("submit", () => {
    leaving = true;
    window.clearTimeout(waiting);
  });
}

// -- ideas like it --------------------------------------------------------------------------

const similar = document.getElementById("similar");
let asked = "";

async function suggest() {
  if (!similar || !form.dataset.similar) return;
  const words = ["title", "wish", "body"]
    .map((name) => form.elements.namedItem(name)?.value || "")
    .join(" ")
    .trim();
  if (words.length < 12 || words === asked) return;
  asked = words;
  const query = new URLSearchParams({ words: words.slice(0, 1500) });
  if (form.dataset.draft) query.set("but", form.dataset.draft);
  try {
    const answer = await fetch(`${form.dataset.similar}?${query}`);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (similar.textContent.trim() !== page.body.textContent.trim()) {
      similar.replaceChildren(...page.body.childNodes);
    }
  } catch {
    asked = ""; // no connection: the next pause asks again
  }
}

// -- the pin --------------------------------------------------------------------------------

const point = document.getElementById("point");

if (point) {
  const frame = point.parentElement;
  const width = Number(frame.dataset.width);
  const height = Number(frame.dataset.height);
  const x = form.elements.namedItem("x");
  const y = form.elements.namedItem("y");
  frame.classList.add("pin-map-wide");

  const show = () => {
    const url = new URL(point.src);
    url.searchParams.set("x", x.value);
    url.searchParams.set("y", y.value);
    point.src = url.href;
    const square = "ABCDEFGHIJ"[Math.min(9, Math.floor(x.value / 100))] + (Math.floor(y.value / 100) + 1);
    document.getElementById("pin-words").textContent = frame.dataset.words.replace("@", square);
  };

  point.addEventListener("click", (event) => {
    event.preventDefault();
    if (!event.detail) return; // by keyboard: the list and the buttons say where
    const box = point.getBoundingClientRect();
    x.value = Math.round(((event.clientX - box.left) / box.width) * width);
    y.value = Math.round(((event.clientY - box.top) / box.height) * height);
    form.elements.namedItem("known").value = "";
    show();
    later();
  });
}
