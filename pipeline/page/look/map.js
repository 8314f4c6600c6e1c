// The map: fetched when it is opened, with the table that says the same in words.

const LIST_ROWS = 8;
const D3 = "d3-zoom-3.0.1.js";
const FILE = "/gradio_api/file=";
let charted = null; // what is on the map: ids, where each is, and what it is coloured by
let colouring = null;
let onlyValue = null;
let listed = [];
let listFrom = 0;
let listing = 0;
let opening = 0;
let choosing = null;
let d3Fetched = null;
let pictured = new Map();

function wireMap() {
  const section = $(".map");
  section.addEventListener("toggle", () => { if (section.open) openMap(); });
  $(".by select", section).onchange = ({ target }) => colourBy(Number(target.value));
  $(".earlier", section).onclick = () => turnList(-LIST_ROWS);
  $(".later", section).onclick = () => turnList(LIST_ROWS);
}

const sayOfMap = (sentence) => { $(".map-said").textContent = sentence; };

async function openMap() {
  const number = ++opening;
  sayOfMap("Drawing the map …");
  let told;
  try {
    [told] = await Promise.all([fetchMap(), fetchD3()]);
  } catch (error) {
    if (number !== opening) return;
    $(".map-shown").hidden = true;
    return sayOfMap(error instanceof Refused && error.message ? error.message : "The map cannot be fetched just now. Close it, and open it again.");
  }
  if (number !== opening) return;
  const places = new Uint16Array(bytesOf(told.places).buffer);
  charted = {
    ids: told.ids,
    rowOf: new Map(told.ids.map((id, row) => [id, row])),
    x: Float64Array.from(told.ids, (_, row) => places[2 * row] / 65535),
    y: Float64Array.from(told.ids, (_, row) => places[2 * row + 1] / 65535),
    by: told.attributes.map((one) => ({ ...one, codes: bytesOf(one.codes) })),
  };
  pictured = new Map();
  $(".map-shown").hidden = false;
  const by = $(".map .by");
  by.hidden = !charted.by.length;
  $("select", by).replaceChildren(...charted.by.map((one, number) => node("option", { value: number, textContent: titled(one.attribute) })));
  beginPlane();
  colourBy(0);
  markOnMap();
}

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function fetchMap() {
  const response = await fetch(`${window.gradio_config.root}/api/map`);
  const told = await response.json();
  if (!response.ok) throw new Refused(response.status, told.detail || "");
  return told;
}

function fetchD3() {
  d3Fetched ??= new Promise((done, fail) => {
    const script = node("script", { src: `${window.gradio_config.root}/look/${D3}`, onload: done });
    script.onerror = () => { d3Fetched = null; fail(new Error(D3)); };
    document.head.append(script);
  });
  return d3Fetched;
}

// Another version of the catalogue answers; a map that is closed is fetched when it is opened.
function chartAnew() {
  if ($(".map")?.open) openMap();
}

// What could not be fetched without a line is fetched with it: the map, or the names in its table.
addEventListener("online", () => {
  if (!$(".map")?.open) return;
  if ($(".map-shown").hidden) openMap();
  else showList(false);
});

function colourBy(number) {
  colouring = charted.by[number] || null;
  onlyValue = null;
  $(".by-name").textContent = colouring ? titled(colouring.attribute) : "";
  groupRows();
  showLegend();
  showPlane();
  showList();
}

function showLegend() {
  const values = colouring ? colouring.values.map(({ value, items }) => [String(value), items]) : [];
  const named = values.reduce((sum, [, items]) => sum + items, 0);
  const others = colouring ? charted.ids.length - named : 0;
  if (others) values.push(["other", others]);
  $(".legend").replaceChildren(...values.map(([text, items], code) => {
    const swatch = node("i", { ariaHidden: "true" });
    swatch.style.background = colourOf(code);
    const chip = node("button", { type: "button", className: onlyValue === code ? "chip on" : "chip" }, swatch, text, node("small", { textContent: items.toLocaleString("en") }));
    chip.setAttribute("aria-pressed", String(onlyValue === code));
    chip.onclick = () => {
      onlyValue = onlyValue === code ? null : code;
      showLegend();
      showPlane();
      $(".legend").children[code].firstChild.focus();
    };
    return node("li", {}, chip);
  }));
}

function valueOf(row) {
  const code = colouring ? colouring.codes[row] : 255;
  return code === 255 ? "" : code < colouring.values.length ? String(colouring.values[code].value) : "other";
}

// The items that are marked: what is asked by, and what is answered.
function marks() {
  const answers = cards.map((card) => charted.rowOf.get(card.id)).filter((row) => row !== undefined);
  const own = asked.item ? charted.rowOf.get(asked.item) : undefined;
  const mean = (numbers) => answers.reduce((sum, row) => sum + numbers[row], 0) / answers.length;
  const query = own !== undefined ? [charted.x[own], charted.y[own]]
    : answers.length ? [mean(charted.x), mean(charted.y)] : null;
  return { own, answers, query };
}

function markOnMap() {
  if (!charted || !$(".map")?.open) return;
  const { answers, query } = marks();
  const told = [`${charted.ids.length.toLocaleString("en")} items on the map`];
  if (answers.length) told.push(`${answers.length} answers marked`);
  if (query) told.push(asked.item ? "the item asked by ringed" : "the middle of the answers ringed");
  sayOfMap(`${told.join(", ")}. Choose one to find what looks like it.`);
  $(".plane canvas").setAttribute("aria-label", `${told.join(", ")}; the table lists them.`);
  listFrom = 0;
  showPlane();
  showList();
}

function turnList(by) {
  listFrom = Math.max(0, listFrom + by);
  showList(false);
}

// The table of what is seen: what is marked first, then from the middle of the view on.
async function showList(anew = true) {
  const number = ++listing;
  const { own, answers } = marks();
  if (anew) {
    const [x, y] = middleOfView();
    const first = new Set([...(own === undefined ? [] : [own]), ...answers]);
    const far = Float64Array.from(charted.ids, (_, row) => (charted.x[row] - x) ** 2 + (charted.y[row] - y) ** 2);
    const rest = Uint32Array.from(charted.ids.keys()).sort((one, other) => far[one] - far[other]);
    listed = [...first, ...rest.filter((row) => !first.has(row))];
  }
  const rows = listed.slice(listFrom, listFrom + LIST_ROWS);
  const found = await Promise.all(rows.map((row) => cardOf(row).catch(() => null)));
  if (number !== listing) return;
  const body = $(".map-list tbody");
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.item : null;
  body.replaceChildren(...rows.map((row, at) => {
    const card = found[at] || { id: charted.ids[row], name: charted.ids[row] };
    const pick = node("button", { type: "button", textContent: card.name, onclick: () => choosePlace(row) });
    pick.setAttribute("aria-label", `More like this: ${card.name}`);
    pick.dataset.item = card.id;
    const mark = row === own ? "asked" : answers.includes(row) ? `answer ${cards.findIndex((one) => one.id === card.id) + 1}` : "";
    return node("tr", {}, node("td", {}, pick), node("td", { textContent: valueOf(row) }), node("td", { textContent: mark }));
  }));
  if (focused !== null) ([...body.querySelectorAll("button")].find((one) => one.dataset.item === focused) || $("#map-list-title")).focus();
  $(".earlier").disabled = listFrom === 0;
  $(".later").disabled = listFrom + LIST_ROWS >= listed.length;
  $(".where-in-list").textContent = `${(listFrom + 1).toLocaleString("en")} to ${(listFrom + rows.length).toLocaleString("en")} of ${listed.length.toLocaleString("en")}`;
}

// An item of the map as a card, once it is pointed at or listed.
function cardOf(row) {
  const id = charted.ids[row];
  if (!pictured.has(id)) {
    const asking = fetchCard(id);
    pictured.set(id, asking);
    asking.catch(() => pictured.delete(id));
  }
  return pictured.get(id);
}

async function fetchCard(id) {
  const response = await sent(`${window.gradio_config.root}/api/items/${encodeURIComponent(id)}`);
  if (!response.ok) throw new Refused(response.status, (await response.json().catch(() => ({}))).detail);
  const { name, picture } = await response.json();
  const file = picture.slice(picture.indexOf(FILE) + FILE.length);
  return { id, name, picture: { path: decodeURIComponent(file), url: FILE + file, meta: { _type: "gradio.FileData" } } };
}

async function choosePlace(row) {
  choosing = row;
  const before = asked;
  // Somebody may have gone on meanwhile.
  const isLate = () => row !== choosing || asked !== before;
  try {
    const card = await cardOf(row);
    if (!isLate()) askByItem(card);
  } catch (error) {
    if (isLate()) return;
    sayOfMap(error instanceof Refused && error.status === 404 ? "The catalogue has that item no longer. Close the map, and open it again." : sentenceOf(error));
  }
}
