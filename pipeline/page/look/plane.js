// The plane itself, on a canvas: D3 pans, zooms and finds, and what is drawn is drawn here.

// Tableau's ten, but for its grey, which stands for all other values.
const HUES = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#a0cbe8"];
const OTHER = "#8d8a85";
const CLOSEST = 60;
const EDGE = 14;
const REACH = 14;
const HOVER_MS = 60;
const SETTLED_MS = 150;
let grouped = []; // rows by colour
let found = null; // finds the row at a place
let view = null;
let zooming = null;
let isDue = false;
let pointed = null;
let hovering = 0;
let settling = 0;

const colourOf = (code) => HUES[code < (colouring?.values.length ?? 0) ? code : -1] ?? OTHER;
const canvasOf = () => $(".plane canvas");

function beginPlane() {
  const { x, y, ids } = charted;
  found = d3.quadtree().x((row) => x[row]).y((row) => y[row]).addAll([...ids.keys()]);
  if (zooming) return d3.select(canvasOf()).call(zooming.transform, d3.zoomIdentity);
  view = d3.zoomIdentity;
  // One finger scrolls the page, two move the map; there are buttons for one too.
  zooming = d3.zoom().scaleExtent([1, CLOSEST]).clickDistance(4)
    .filter((event) => (event.type === "touchstart" ? event.touches.length > 1 : !event.button))
    .on("zoom", ({ transform }) => { view = transform; forget(); showPlane(); settle(); });
  const canvas = canvasOf();
  d3.select(canvas).call(zooming).on("dblclick.zoom", null);
  canvas.addEventListener("click", (event) => { const row = rowAt(event); if (row !== undefined) choosePlace(row); });
  canvas.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch" && !event.buttons) pointAt(event); });
  canvas.addEventListener("pointerleave", forget);
  for (const button of document.querySelectorAll(".map [data-zoom], .map [data-pan]")) button.onclick = () => move(button.dataset);
  new ResizeObserver(fit).observe(canvas);
  new MutationObserver(showPlane).observe(document.body, { attributeFilter: ["class"] });
  fit();
}

function fit() {
  const canvas = canvasOf();
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  canvas.width = width * devicePixelRatio;
  canvas.height = height * devicePixelRatio;
  zooming.extent([[0, 0], [width, height]]).translateExtent([[0, 0], [width, height]]);
  showPlane();
}

function move({ zoom, pan }) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const canvas = d3.select(canvasOf());
  const moved = still ? canvas : canvas.transition().duration(200);
  const [right, down] = (pan || "0,0").split(",").map(Number);
  const { clientWidth: width, clientHeight: height } = canvasOf();
  if (pan) moved.call(zooming.translateBy, (right * width) / view.k, (down * height) / view.k);
  else if (Number(zoom)) moved.call(zooming.scaleBy, Number(zoom));
  else moved.call(zooming.transform, d3.zoomIdentity);
}

function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => { listFrom = 0; showList(); }, SETTLED_MS);
}

// Places of the map, 0 to 1, on the canvas, and back.
function scales() {
  const { clientWidth: width, clientHeight: height } = canvasOf();
  const side = Math.max(1, Math.min(width, height) - 2 * EDGE);
  const [left, top] = [(width - side) / 2, (height - side) / 2];
  return {
    width, height, side,
    across: (x) => view.applyX(left + x * side),
    down: (y) => view.applyY(top + y * side),
    place: (across, down) => [(view.invertX(across) - left) / side, (view.invertY(down) - top) / side],
  };
}

function middleOfView() {
  const { width, height, place } = scales();
  return place(width / 2, height / 2);
}

function rowAt(event) {
  const { side, place } = scales();
  return found.find(...place(event.offsetX, event.offsetY), REACH / (side * view.k));
}

function groupRows() {
  const count = colouring ? colouring.values.length + 1 : 1;
  grouped = Array.from({ length: count }, () => []);
  for (const row of charted.ids.keys()) grouped[Math.min(colouring ? colouring.codes[row] : 0, count - 1)].push(row);
}

function showPlane() {
  if (isDue || !charted || !view) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; if (charted) paint(); });
}

function paint() {
  const brush = canvasOf().getContext("2d");
  const { across, down } = scales();
  paintPoints(brush, across, down);
  brush.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  paintMarks(brush, across, down);
}

// Into pixels of our own: a rectangle of the canvas for each of many thousand points takes too long
// for a frame. See `python -m benchmarks --only map`.
function paintPoints(brush, across, down) {
  const { width, height } = brush.canvas;
  if (!width || !height) return; // narrower than a pixel, where the page is made very small
  const { x, y, ids } = charted;
  if (points?.width !== width || points.height !== height) points = brush.createImageData(width, height);
  const pixels = new Uint32Array(points.data.buffer).fill(0);
  const reach = Math.min(6, (ids.length > 20000 ? 1 : ids.length > 2000 ? 1.6 : 3.2) * view.k ** 0.35) * devicePixelRatio;
  const size = Math.round(2 * reach);
  const [fromLeft, fromTop] = [across(0) * devicePixelRatio - reach, down(0) * devicePixelRatio - reach];
  const [alongX, alongY] = [(across(1) - across(0)) * devicePixelRatio, (down(1) - down(0)) * devicePixelRatio];
  for (const code of paintedOrder()) {
    const ink = inkOf(colourOf(code), onlyValue === null || onlyValue === code ? 0.85 : 0.08);
    for (const row of grouped[code]) {
      const left = Math.round(fromLeft + alongX * x[row]);
      const top = Math.round(fromTop + alongY * y[row]);
      const [right, bottom] = [Math.min(width, left + size), Math.min(height, top + size)];
      for (let line = Math.max(0, top); line < bottom; line++) {
        for (let at = Math.max(0, left); at < right; at++) pixels[line * width + at] = ink;
      }
    }
  }
  brush.putImageData(points, 0, 0);
}
let points = null; // kept from frame to frame

// The commonest lie below, so that the rare are seen, and what is chosen lies on top.
function paintedOrder() {
  const order = [grouped.length - 1, ...grouped.keys()].slice(0, grouped.length);
  return onlyValue === null ? order : [...order.filter((code) => code !== onlyValue), onlyValue];
}

// A colour and its opacity as a pixel's number.
function inkOf(colour, opacity) {
  const [red, green, blue] = [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16));
  const [ink] = new Uint32Array(Uint8ClampedArray.of(red, green, blue, 255 * opacity).buffer);
  return ink;
}

function paintMarks(brush, across, down) {
  const { answers, query } = marks();
  const style = getComputedStyle(document.body);
  const [ink, paper] = ["--ink", "--card"].map((name) => style.getPropertyValue(name));
  const ring = (left, top, size, line) => {
    for (const [colour, thick] of [[paper, line + 3], [ink, line]]) {
      brush.beginPath();
      brush.arc(left, top, size, 0, 2 * Math.PI);
      [brush.strokeStyle, brush.lineWidth] = [colour, thick];
      brush.stroke();
    }
  };
  for (const row of answers) {
    brush.fillStyle = paper;
    brush.beginPath();
    brush.arc(across(charted.x[row]), down(charted.y[row]), 5, 0, 2 * Math.PI);
    brush.fill();
    ring(across(charted.x[row]), down(charted.y[row]), 5, 2.5);
  }
  if (query) ring(across(query[0]), down(query[1]), 13, 3);
}

function forget() {
  pointed = null;
  clearTimeout(hovering);
  $(".tip").hidden = true;
  canvasOf().style.cursor = "";
}

function pointAt(event) {
  const row = rowAt(event);
  if (row === pointed) return;
  forget();
  if (row === undefined) return;
  pointed = row;
  canvasOf().style.cursor = "pointer";
  hovering = setTimeout(showTip, HOVER_MS, row);
}

async function showTip(row) {
  const card = await cardOf(row).catch(() => null);
  if (!card || pointed !== row) return;
  const tip = $(".tip");
  const { across, down, width, height } = scales();
  $("img", tip).src = onServer(card.picture).url;
  $("b", tip).textContent = card.name;
  tip.hidden = false;
  const left = across(charted.x[row]) + 14;
  tip.style.left = `${Math.max(0, Math.min(left, width - tip.offsetWidth))}px`;
  tip.style.top = `${Math.max(0, Math.min(down(charted.y[row]) + 14, height - tip.offsetHeight))}px`;
}
