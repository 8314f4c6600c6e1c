// What steers an answer: values to filter by, words, sliders, and the metric.

let start = null;
let facets = [];

const spaced = (name) => name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/_/g, " ").toLowerCase();
const titled = (name) => spaced(name).replace(/^./, (letter) => letter.toUpperCase());
const without = (where, name) => Object.fromEntries(Object.entries(where).filter(([key]) => key !== name));

function whereText(name, value) {
  if (Array.isArray(value)) return value.join(" or ");
  if (value && typeof value === "object") {
    const { min, max } = value;
    return `${spaced(name)} ${min === undefined ? `up to ${max}` : max === undefined ? `from ${min}` : `${min} to ${max}`}`;
  }
  return String(value);
}

function showFacets(told) {
  facets = told;
  const place = $(".groups");
  if (!place) return;
  $(".facets").hidden = !facets.length;
  const isFirst = !place.children.length;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const group = focused?.closest("details");
  drawInPlace(place, facets, facetKey, groupOf, showGroup);
  if (isFirst && place.firstChild) place.firstChild.open = true;
  // A value that is no longer offered leaves the focus to its attribute.
  if (focused && focused !== document.activeElement) (focused.isConnected ? focused : $("summary", group)).focus();
}

// Draws a list anew, and leaves what it had of the same key where it is: somebody may be in it.
function drawInPlace(place, parts, keyOf, make, show) {
  const had = new Map([...place.children].map((one) => [one.dataset.key, one]));
  const drawn = parts.map((part) => {
    const one = had.get(keyOf(part)) || make(part);
    one.dataset.key = keyOf(part);
    show(one, part);
    return one;
  });
  for (const one of had.values()) if (!drawn.includes(one)) one.remove();
  drawn.forEach((one, number) => {
    if (place.children[number] !== one) place.insertBefore(one, place.children[number] ?? null);
  });
}

const facetKey = ({ attribute, min }) => (min === null ? attribute : `${attribute}|range`);

function groupOf({ attribute, min }) {
  const within = min === null ? node("div", { className: "chips" }) : rangeOf(attribute);
  return node("details", {}, node("summary", { textContent: titled(attribute) }), within);
}

function showGroup(group, facet) {
  if (facet.min !== null) return showRange($(".range", group), facet);
  const name = facet.attribute;
  const values = facet.values.slice(0, MOST_CHIPS);
  drawInPlace($(".chips", group), values, ({ value }) => String(value), ({ value }) => chipFor(name, String(value)), (chip, value) => showChip(chip, name, value));
}

const MOST_CHIPS = 16;
const chosenOf = (name) => [].concat(asked.where[name] ?? []).map(String);

function chipFor(name, text) {
  const chip = node("button", { type: "button" }, text, node("small"));
  chip.onclick = () => {
    const chosen = chosenOf(name);
    const isOn = chosen.includes(text);
    const next = isOn ? chosen.filter((one) => one !== text) : [...chosen, text];
    choose(next.length ? { ...asked.where, [name]: next } : without(asked.where, name), isOn ? `Without ${text}` : text);
  };
  return chip;
}

function showChip(chip, name, { value, nearest, catalogue }) {
  const isOn = chosenOf(name).includes(String(value));
  chip.className = isOn ? "chip on" : "chip";
  $("small", chip).textContent = nearest ?? catalogue;
  chip.setAttribute("aria-pressed", String(isOn));
  chip.setAttribute("aria-label", `${value}, ${nearest ?? catalogue} ${nearest === null ? "items" : "near"}`);
}

const ENDS = { min: "from", max: "to" };

function rangeOf(name) {
  const fields = Object.entries(ENDS).map(([end, text]) => {
    const input = node("input", { type: "number", step: "any", name: end });
    input.onchange = () => {
      const number = input.value === "" ? undefined : Number(input.value);
      const range = { ...asked.where[name], [end]: number };
      input.value = number ?? "";
      const isOpen = range.min === undefined && range.max === undefined;
      choose(isOpen ? without(asked.where, name) : { ...asked.where, [name]: range }, `${spaced(name)} range`);
    };
    return node("label", {}, node("span", { textContent: text }), input);
  });
  return node("div", { className: "range" }, ...fields);
}

function showRange(range, facet) {
  for (const end of Object.keys(ENDS)) {
    const input = $(`[name=${end}]`, range);
    input.placeholder = facet[end];
    showAskedIn(input, String(asked.where[facet.attribute]?.[end] ?? ""));
  }
}

// What is typed and not asked yet stays; a field that says what was asked follows what is asked now.
function showAskedIn(field, value) {
  const before = field.dataset.asked ?? "";
  if (field.value.trim() === before.trim() && value !== before) field.value = value;
  field.dataset.asked = value;
}

// Before anything is asked there is nothing to filter: the choice waits for it.
function choose(where, label) {
  if (isAsking()) return steer({ where }, label);
  asked = { ...asked, where };
  steps[at] = { ...steps[at], asked };
  history.replaceState({ run, at }, "", toSearch(asked));
  showAsked();
  showFacets(facets);
}

function showControls() {
  if (!start || !$(".tuning")) return;
  $(".words").hidden = !start.controls.words;
  showAskedIn($("#words"), asked.words);
  for (const control of document.querySelectorAll(".tuning [data-part]")) {
    const name = control.dataset.part;
    const input = control.matches("select") ? control : $("input", control);
    if (name === "colour_weight") control.hidden = start.controls.colour === null;
    input.value = asked[name] ?? start.controls.colour ?? 0;
  }
  if (lookalike.metric !== asked.metric) {
    lookalike.metric = asked.metric;
    lookalike.trigger("show_metric");
  }
  showFacets(facets);
}

const SAID = { colour_weight: "Shape and colour", variety: "Variety", k: "How many" };

document.addEventListener("change", (event) => {
  const name = event.target.closest?.(".tuning [data-part]")?.dataset.part;
  if (!name) return;
  const changes = { [name]: Number(event.target.value) };
  if (isAsking()) return steer(changes, SAID[name]);
  asked = { ...asked, ...changes };
  steps[at] = { ...steps[at], asked };
});

function metricIs(metric) {
  if (metric === asked.metric) return;
  lookalike.metric = metric;
  if (isAsking()) return steer({ metric }, metric);
  asked = { ...asked, metric };
  steps[at] = { ...steps[at], asked };
}

function steer(changes, label) {
  step(changes, label);
  offerWay();
}

// On a phone the answer stands far above what has just changed it: what it is now, and a way there.
function offerWay() {
  const way = $(".way");
  way.onclick = focusAnswer;
  answerSeen?.disconnect();
  answerSeen = new IntersectionObserver(([{ isIntersecting }]) => {
    way.hidden = isIntersecting;
    if (isIntersecting) answerSeen.disconnect();
  });
  answerSeen.observe($("#told"));
}
let answerSeen = null;
