// The frame around the garment: drawn over the photo, moved by mouse, touch and keys.

const WHOLE = [0, 0, 1, 1];
const LEAST = 0.05;
const STEP = 0.02;
// Pixels: half of a corner's field, and of the dot in it, which stays on the photo.
const FIELD = 14;
const DOT = 6;
// Which edges a handle moves: left, top, right, bottom.
const HANDLES = {
  "top left": [1, 1, 0, 0], "top right": [0, 1, 1, 0],
  "bottom left": [1, 0, 0, 1], "bottom right": [0, 0, 1, 1],
};
let box = WHOLE;
let boxTimer = 0;

function wireBox() {
  wireGarments();
  const frame = node("div", { id: "frame", hidden: true });
  frame.append(handle("frame", "Frame", [1, 1, 1, 1]));
  for (const [name, edges] of Object.entries(HANDLES)) frame.append(handle(name.replace(" ", "-"), `Frame, ${name}`, edges));
  $("#photo").append(frame);
  new ResizeObserver(placeFrame).observe($("#photo"));
  $("#photo").addEventListener("load", placeFrame, true);
  new MutationObserver(placeFrame).observe($("#photo"), { childList: true, subtree: true });
}

function handle(name, label, edges) {
  const made = node("button", { type: "button", className: `handle ${name}` });
  made.setAttribute("aria-label", `${label}: move it with the arrow keys`);
  made.onkeydown = (event) => {
    const to = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (!to) return;
    event.preventDefault();
    moveBox(box, edges, ...to);
  };
  made.onpointerdown = (event) => {
    event.preventDefault();
    made.focus();
    made.setPointerCapture(event.pointerId);
    const from = box;
    const { width, height } = placeOfPhoto();
    const [x, y] = [event.clientX, event.clientY];
    made.onpointermove = (now) => moveBox(from, edges, (now.clientX - x) / width, (now.clientY - y) / height);
    made.onpointerup = made.onpointercancel = () => { made.onpointermove = null; };
  };
  return made;
}

// Moves the edges that a handle holds, as far as the photo goes.
function moveBox(from, edges, x, y) {
  const isWhole = edges.every(Boolean);
  const limit = (value, least, most) => Math.min(Math.max(value, least), most);
  if (isWhole) {
    x = limit(x, -from[0], 1 - from[2]);
    y = limit(y, -from[1], 1 - from[3]);
  }
  let [left, top, right, bottom] = from.map((edge, number) => edge + edges[number] * (number % 2 ? y : x));
  left = limit(left, 0, edges[0] ? right - LEAST : 1);
  top = limit(top, 0, edges[1] ? bottom - LEAST : 1);
  right = limit(right, left + LEAST, 1);
  bottom = limit(bottom, top + LEAST, 1);
  box = [left, top, right, bottom].map((edge) => Math.round(edge * 1000) / 1000);
  placeFrame();
  dropFrame();
  boxTimer = setTimeout(() => {
    const isAll = box.every((edge, number) => edge === WHOLE[number]);
    step({ box: isAll ? (asked.item ? null : "whole") : box }, "Part of the photo");
  }, 400);
}

// A frame that is still to be asked about.
function dropFrame() {
  clearTimeout(boxTimer);
  boxTimer = 0;
}

function wholePhoto() {
  step({ box: asked.item ? null : "whole" }, "Whole photo");
}

function showBox(told) {
  if (boxTimer) return; // it has been moved since
  box = told && told.every(Number.isFinite) ? [...told] : WHOLE;
  placeFrame();
}

// Where the photo itself is drawn inside of its field.
function placeOfPhoto() {
  const image = $("#photo .image-frame img");
  if (!image?.naturalWidth) return null;
  const field = image.getBoundingClientRect();
  const scale = Math.min(field.width / image.naturalWidth, field.height / image.naturalHeight);
  const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  const outer = $("#photo").getBoundingClientRect();
  return {
    left: field.left - outer.left + (field.width - width) / 2,
    top: field.top - outer.top + (field.height - height) / 2,
    width, height,
  };
}

function placeFrame() {
  const frame = $("#frame");
  if (!frame) return;
  const place = shownPhoto && cards.length ? placeOfPhoto() : null;
  placeGarments(place);
  frame.hidden = !place;
  frame.classList.toggle("whole", box.every((edge, number) => edge === WHOLE[number]));
  if (!place) return;
  const [left, top, right, bottom] = box;
  const gaps = { left: left * place.width, top: top * place.height, right: (1 - right) * place.width, bottom: (1 - bottom) * place.height };
  for (const [side, gap] of Object.entries(gaps)) {
    frame.style.setProperty(`--${side}`, `${Math.max(0, DOT - gap) - FIELD}px`);
  }
  Object.assign(frame.style, {
    left: `${place.left + box[0] * place.width}px`,
    top: `${place.top + box[1] * place.height}px`,
    width: `${(box[2] - box[0]) * place.width}px`,
    height: `${(box[3] - box[1]) * place.height}px`,
  });
}
