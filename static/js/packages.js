// A rectangle drawn on the map of the open ideas. Without this script its corners are chosen by
// places or typed as figures, and the map shows them after "Show".

const drawing = document.getElementById("drawing");
const svg = drawing?.querySelector("svg");
const frame = drawing?.querySelector(".map-frame-drawn");

if (svg && frame) {
  const button = drawing.querySelector("button");
  const said = drawing.querySelector("[role=status]");
  const fields = Object.fromEntries(
    ["left", "top", "right", "bottom", "one", "two"].map((name) => [name, document.getElementById(name)]),
  );
  const { width, height } = svg.viewBox.baseVal;
  let start = null; // the first corner, in the map's own grid
  let from = null; // where the pointer went down
  button.parentElement.hidden = false;

  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    drawing.classList.toggle("map-drawing", on);
    start = null;
  });

  const isOn = () => drawing.classList.contains("map-drawing");

  function at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const within = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    return { x: within(point.x, width), y: within(point.y, height) };
  }

  function show(left, top, right, bottom) {
    frame.setAttribute("x", left);
    frame.setAttribute("y", top);
    frame.setAttribute("width", Math.max(0, right - left));
    frame.setAttribute("height", Math.max(0, bottom - top));
  }

  function span(a, b) {
    const edges = [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
    show(...edges);
    ["left", "top", "right", "bottom"].forEach((name, index) => {
      fields[name].value = edges[index];
    });
    for (const name of ["one", "two"]) if (fields[name]) fields[name].value = "";
  }

  svg.addEventListener("pointerdown", (event) => {
    if (!isOn()) return;
    event.preventDefault();
    from = at(event);
    start ??= from;
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    if (isOn() && from) span(start, at(event));
  });
  svg.addEventListener("pointerup", (event) => {
    if (!isOn() || !from) return;
    const end = at(event);
    const pressed = Math.abs(end.x - from.x) < 8 && Math.abs(end.y - from.y) < 8;
    const first = pressed && start === from;
    from = null;
    if (first) return; // the next press is the opposite corner
    span(start, end);
    start = null;
    said.textContent = drawing.dataset.words
      .replace("@", `${fields.left.value}, ${fields.top.value}`)
      .replace("#", `${fields.right.value}, ${fields.bottom.value}`);
  });
  svg.addEventListener("pointercancel", () => {
    start = from = null;
  });
  for (const name of ["click", "dragstart"]) {
    svg.addEventListener(name, (event) => isOn() && event.preventDefault(), true);
  }
  for (const name of ["left", "top", "right", "bottom"]) {
    fields[name].addEventListener("input", () => {
      const edges = ["left", "top", "right", "bottom"].map((one) => Number(fields[one].value));
      show(...edges);
    });
  }
}
