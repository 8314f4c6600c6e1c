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
  const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.dataset.name));
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...facets.map((facet, number) => group(facet, open.size ? open.has(facet.attribute) : number === 0)));
  // A value that is no longer offered leaves the focus to its attribute.
  const find = (key) => [...place.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (focused) (find(focused) || find(focused.split("|")[0]))?.focus();
}

function group(facet, isOpen) {
  const name = facet.attribute;
  const made = node("details", { open: isOpen }, node("summary", { textContent: titled(name) }));
  made.dataset.name = name;
  made.append(facet.min === null ? chipsOf(facet) : rangeOf(facet));
  made.firstChild.dataset.key = name;
  return made;
}

const MOST_CHIPS = 16;

function chipsOf(facet) {
  const name = facet.attribute;
  const chosen = [].concat(asked.where[name] ?? []).map(String);
  const made = node("div", { className: "chips" });
  for (const { value, nearest, catalogue } of facet.values.slice(0, MOST_CHIPS)) {
    const text = String(value);
    const isOn = chosen.includes(text);
    const chip = node("button", { type: "button", className: isOn ? "chip on" : "chip" }, text, node("small", { textContent: nearest ?? catalogue }));
    chip.setAttribute("aria-pressed", String(isOn));
    chip.setAttribute("aria-label", `${text}, ${nearest ?? catalogue} ${nearest === null ? "items" : "near"}`);
    chip.dataset.key = `${name}|${text}`;
    chip.onclick = () => {
      const next = isOn ? chosen.filter((one) => one !== text) : [...chosen, text];
      const where = next.length ? { ...asked.where, [name]: next } : without(asked.where, name);
      choose(where, isOn ? `Without ${text}` : text);
    };
    made.append(chip);
  }
  return made;
}

function rangeOf(facet) {
  const name = facet.attribute;
  const now = asked.where[name] || {};
  const field = (end, text, least) => {
    const input = node("input", { type: "number", step: "any", value: now[end] ?? "", placeholder: least });
    input.dataset.key = `${name}|${end}`;
    input.onchange = () => {
      const range = { ...now, [end]: input.value === "" ? undefined : Number(input.value) };
      const isOpen = range.min === undefined && range.max === undefined;
      choose(isOpen ? without(asked.where, name) : { ...asked.where, [name]: range }, `${spaced(name)} range`);
    };
    return node("label", {}, node("span", { textContent: text }), input);
  };
  return node("div", { className: "range" }, field("min", "from", facet.min), field("max", "to", facet.max));
}

// Before anything is asked there is nothing to filter: the choice waits for it.
function choose(where, label) {
  if (isAsking()) return step({ where }, label);
  asked = { ...asked, where };
  steps[at] = { ...steps[at], asked };
  history.replaceState({ run, at }, "", toSearch(asked));
  showAsked();
  showFacets(facets);
}

function showControls() {
  if (!start || !$(".tuning")) return;
  $(".words").hidden = !start.controls.words;
  if ($("#words") !== document.activeElement) $("#words").value = asked.words;
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
  if (isAsking()) return step(changes, SAID[name]);
  asked = { ...asked, ...changes };
  steps[at] = { ...steps[at], asked };
});

function metricIs(metric) {
  if (metric === asked.metric) return;
  lookalike.metric = metric;
  if (isAsking()) return step({ metric }, metric);
  asked = { ...asked, metric };
  steps[at] = { ...steps[at], asked };
}
