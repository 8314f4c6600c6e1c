// What is asked, its place in the address, and the steps that led to it.

const EMPTY = Object.freeze({
  photo: null, item: null, words: "", where: {}, more: [], less: [],
  colour_weight: null, variety: 0, k: 5, box: null, metric: "cosine",
});
const LISTS = ["more", "less"];
let asked = { ...EMPTY };
let steps = [{ asked, label: "Start" }];
let at = 0;
// Told from those of an earlier loading of the page, whose steps are gone.
const run = `${Date.now()}`;

const isAsking = (state = asked) =>
  Boolean(state.photo || state.item || state.words || state.more.length);

// What another photo or item begins with: how to answer stays, what narrowed the last answer goes.
// What is chosen before anything is asked waits for it.
function begun() {
  if (!isAsking()) return asked;
  const { metric, k, variety, colour_weight } = asked;
  return { ...EMPTY, metric, k, variety, colour_weight };
}

// The parts that an address can carry; a photo of one's own is none of them.
function toSearch(state) {
  const told = new URLSearchParams();
  if (state.item) told.set("item", state.item);
  if (state.words) told.set("words", state.words);
  for (const name of LISTS) if (state[name].length) told.set(name, JSON.stringify(state[name]));
  if (Object.keys(state.where).length) told.set("where", JSON.stringify(state.where));
  for (const name of ["metric", "variety", "k", "colour_weight"]) {
    if (state[name] !== EMPTY[name]) told.set(name, state[name]);
  }
  if (state.box && state.item) told.set("box", state.box.join(","));
  if (state.photo) told.set("photo", "own");
  const text = told.toString();
  return text ? `?${text}` : location.pathname;
}

// Addresses are written by anybody: what is none of ours is left out, and the server checks the rest.
function fromSearch(search) {
  const told = new URLSearchParams(search);
  const state = { ...EMPTY, item: told.get("item"), words: (told.get("words") || "").slice(0, 300) };
  for (const name of LISTS) {
    const list = parsed(told.get(name));
    if (Array.isArray(list)) state[name] = list.map(String).slice(0, 100);
  }
  const where = parsed(told.get("where"));
  if (where && typeof where === "object" && !Array.isArray(where)) state.where = where;
  for (const name of ["variety", "colour_weight", "k"]) {
    const text = (told.get(name) || "").trim();
    if (text && Number.isFinite(Number(text))) state[name] = Number(text);
  }
  state.k = nearestAmount(state.k);
  if (told.get("metric") === "euclidean") state.metric = "euclidean";
  const box = (told.get("box") || "").split(",").map(Number);
  if (state.item && box.length === 4 && box.every(Number.isFinite)) state.box = box;
  return { state, wasOwnPhoto: told.get("photo") === "own" };
}

// The menu can show only what it offers.
function nearestAmount(number) {
  const offered = [...document.querySelectorAll("[data-part=k] option")].map((one) => Number(one.value));
  const gap = (one) => Math.abs(one - number);
  return offered.reduce((best, one) => (gap(one) < gap(best) ? one : best), EMPTY.k);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Of an earlier choice nothing stays: no open dialog, no sentence, no frame still to be asked about.
function leaveEarlier(sentence = "") {
  closeDialogs();
  dropFrame();
  say(sentence);
}

// One step on: it is kept, stands in the address, and is asked.
function step(changes, label, sentence = "") {
  leaveEarlier(sentence);
  asked = { ...asked, ...changes };
  steps = [...steps.slice(0, at + 1), { asked, label }];
  at = steps.length - 1;
  history.pushState({ run, at }, "", toSearch(asked));
  ask();
}

// A step back leads to what has the focus, not to where the page was scrolled to then.
history.scrollRestoration = "manual";

function goTo(number) {
  if (number !== at && steps[number]) history.go(number - at);
}

const OWN_PHOTO = "Your own photo is not part of the address: choose it again.";

addEventListener("popstate", (event) => {
  let isLost = false;
  if (event.state?.run === run) {
    at = event.state.at;
    asked = steps[at].asked;
  } else {
    ({ state: asked, wasOwnPhoto: isLost } = fromSearch(location.search));
    steps = [{ asked, label: labelOf(asked) }];
    at = 0;
    history.replaceState({ run, at }, "");
  }
  leaveEarlier(isLost ? OWN_PHOTO : "");
  ask();
});

function labelOf(state) {
  if (state.item) return "Item";
  return state.words ? `“${state.words}”` : state.photo ? "Photo" : "Start";
}
