// Notes that outlive the network. Each is put into this device's own store first, with an id and
// a time of its own, and marked as saved here; then it is sent until the server has it. The server
// knows the id, so that a note whose answer was lost is not there twice.

const STORE = "notes";
const main = document.getElementById("note-form");
const list = document.getElementById("kept-list");
const status = document.getElementById("kept");
let sending = false;

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("jury-room", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "client_id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function store(way, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const deal = database.transaction(STORE, way);
    const answer = work(deal.objectStore(STORE));
    deal.oncomplete = () => {
      database.close();
      resolve(answer.result);
    };
    deal.onerror = () => reject(deal.error);
  });
}

const kept = () => store("readonly", (notes) => notes.getAll());
const keep = (note) => store("readwrite", (notes) => notes.put(note));
const forget = (id) => store("readwrite", (notes) => notes.delete(id));

async function show() {
  const notes = (await kept()).sort((one, other) => other.written_at - one.written_at);
  list.replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.className = "note note-kept";
      const text = document.createElement("p");
      text.className = "note-text";
      text.textContent = note.photo ? `${note.text} (${main.dataset.photo}: ${note.photo_alt})` : note.text;
      const mark = document.createElement("p");
      mark.className = "small";
      const strong = document.createElement("strong");
      strong.textContent = note.error || main.dataset.kept;
      mark.append(strong);
      item.append(text, mark);
      return item;
    }),
  );
}

// A photo is kept on the device as a file and goes the same way as the note that it belongs to.
function packed(note) {
  const fields = { ...note, written_at: String(note.written_at) };
  if (!note.photo) return new URLSearchParams(fields);
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    const notes = (await kept()).sort((one, other) => one.written_at - other.written_at);
    for (const note of notes) {
      if (note.error) continue;
      const answer = await fetch(main.action, {
        method: "POST",
        headers: { accept: "application/json" },
        body: packed(note),
      });
      if (answer.ok) {
        const done = await answer.json();
        if (done.met) status.textContent = main.dataset.met;
        await forget(note.client_id);
      } else if (answer.status === 422 || answer.status === 403 || answer.status === 404) {
        // The server will never take it: it stays here, with the reason, and is not lost.
        const told = await answer.json().catch(() => ({}));
        await keep({ ...note, error: told.error || String(answer.status) });
      } else break;
    }
  } catch {
    // No network: the notes stay here, and the next try is soon.
  }
  sending = false;
  await show();
}

function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".note-form");
  if (!form) return;
  event.preventDefault();
  const data = Object.fromEntries(new FormData(form, event.submitter));
  if (!data.text.trim()) {
    form.elements.text.focus();
    return;
  }
  delete data.once;
  if (!data.photo || !data.photo.size) delete data.photo;
  if (data.photo && !data.photo_alt.trim()) {
    form.elements.photo_alt.focus();
    return;
  }
  await keep({ ...data, client_id: randomId(), written_at: Date.now() });
  if (form === main) {
    form.elements.text.value = "";
    if (form.elements.photo) form.elements.photo.value = form.elements.photo_alt.value = "";
    form.elements.text.focus();
  } else form.closest("details").open = false;
  await show();
  send();
});

if (main && window.indexedDB) {
  show().then(send);
  setInterval(send, 3000);
  window.addEventListener("online", send);
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register("/room/worker.js", { scope: "/room" }).catch(() => {});
  }
}
