// The answer: what is said of it, and the cards, which are the pictures of Gradio's gallery.

let cards = [];

const $ = (selector, within = document) => within.querySelector(selector);

function node(tag, fields = {}, ...within) {
  const made = Object.assign(document.createElement(tag), fields);
  made.append(...within);
  return made;
}

const LOOKING = "Looking …";
let welcome = null;

function show(state, told = {}) {
  const body = document.body;
  body.dataset.state = state;
  const place = $("#message");
  if (!place) return;
  welcome ??= { message: $("#told").textContent, advice: $(".why-told").textContent };
  place.setAttribute("aria-busy", String(state === "working"));
  $("#status").textContent = aloud(state, told);
  const { message, advice, reading, notes } = wording(state, told);
  $(".way span")?.replaceChildren(message); // drawn after this part
  // The answer of before stays until there is another.
  if (state === "working" && body.classList.contains("answered")) return;
  $("#told").textContent = message;
  $(".why-told").replaceChildren(...withMeant(advice ?? ""));
  $(".reading").textContent = reading ?? "";
  $(".again").hidden = !["offline", "busy", "failed"].includes(state);
  $(".notes").replaceChildren(...(notes || []).map((note) => node("li", { textContent: note })));
}

function wording(state, told) {
  if (state === "empty") return welcome;
  if (state === "working") return { message: LOOKING };
  return state === "error" ? { message: "This cannot be used", advice: told.message } : told;
}

function aloud(state, told) {
  if (state === "empty") return "";
  if (state === "working") return LOOKING;
  if (state === "error") return told.message;
  if (state !== "found" && state !== "nothing") return `${told.message}. ${told.advice || ""}`;
  const several = told.boxes.length ? ` ${told.boxes.length} garments in the photo: choose one.` : "";
  return `${told.message.replace(/\.$/, "")}. First: ${told.cards[0].name}.${several}`;
}

// Words that the catalogue may have meant can be asked for at once; what is said of filters stays as it is.
function withMeant(advice) {
  const before = `The catalogue knows no word of '${asked.words}'. Did you mean '`;
  if (!asked.words || !advice.startsWith(before) || !advice.endsWith("'?")) return [advice];
  const words = advice.slice(before.length, -2);
  const search = () => { step({ words }, `“${words}”`); focusAnswer(); };
  return [before.slice(0, -1), node("button", { type: "button", className: "meant", textContent: words, onclick: search }), "?"];
}

// What is asked: the steps, what is chosen, and which parts of the page go with it.
function showAsked() {
  document.body.dataset.asked = asked.photo ? "photo" : asked.item ? "item" : isAsking() ? "words" : "nothing";
  const trail = $(".trail");
  if (!trail) return;
  // Back to the empty page leads the photo's own cross.
  trail.hidden = at === 0 || (at === 1 && !isAsking(steps[0].asked));
  const list = $("ol", trail);
  list.replaceChildren(...steps.slice(0, at + 1).map((one, number) => {
    const go = node("button", { type: "button", textContent: one.label, onclick: () => goTo(number) });
    if (number === at) go.setAttribute("aria-current", "step");
    return node("li", {}, go);
  }));
  list.scrollLeft = list.scrollWidth; // where the last step is
  showChosen();
  showControls();
}

function showChosen() {
  const chips = [];
  if (asked.words) chips.push([`“${asked.words}”`, () => step({ words: "" }, "Without words")]);
  for (const [name, value] of Object.entries(asked.where)) {
    chips.push([whereText(name, value), () => step({ where: without(asked.where, name) }, `Any ${spaced(name)}`)]);
  }
  for (const [name, sign] of [["more", "more like"], ["less", "less like"]]) {
    for (const id of asked[name]) {
      const rest = asked[name].filter((one) => one !== id);
      chips.push([`${sign} ${names.get(id) || id}`, () => step({ [name]: rest }, "Unmarked")]);
    }
  }
  const place = $(".chosen");
  place.hidden = !chips.length;
  place.replaceChildren(...chips.map(([text, remove]) => {
    const chip = node("button", { type: "button", className: "chip on", textContent: `${text} ×` });
    chip.setAttribute("aria-label", `Remove: ${text}`);
    chip.onclick = () => { remove(); focusAnswer(); };
    return chip;
  }));
}
const names = new Map();

function focusAnswer() {
  $("#told").focus();
}

function priceText(card) {
  if (card.amount === null) return card.price;
  // A price that names its own currency in a sign is shown as it is.
  if (!card.currency && !/^[\d.,]+$/.test(card.price)) return card.price;
  const style = card.currency
    ? { style: "currency", currency: card.currency }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  // As the browser's country writes amounts, in the digits of all other numbers here.
  return new Intl.NumberFormat(undefined, { ...style, numberingSystem: "latn" }).format(card.amount);
}

function showCards(found) {
  // What cannot be shown fails here, and the answer of before stays whole.
  const matches = found.map((card) => ({ image: onServer(card.picture), caption: card.name }));
  cards = found;
  document.body.classList.toggle("answered", cards.length > 0);
  for (const card of cards) names.set(card.id, card.name);
  note("shown", cards.map((card) => card.id));
  lookalike.matches = matches;
  lookalike.trigger("show_matches");
  requestAnimationFrame(decorate);
  markOnMap();
}

// Gradio draws the pictures; what one can do with them is put beside each.
function decorate() {
  const items = [...document.querySelectorAll("#lookalikes .gallery-item")];
  if (items.length !== cards.length) return;
  items.forEach((item, number) => {
    const card = cards[number];
    const shown = $("img", item)?.getAttribute("src") || "";
    if (!shown.endsWith(card.picture.url) || item.dataset.of === cardKey(card)) return;
    item.dataset.of = cardKey(card);
    const open = $("button.thumbnail-item", item);
    open.setAttribute("aria-label", `${card.name}, ${[priceText(card), card.near].filter(Boolean).join(", ")}: larger`);
    $("img", item).alt = "";
    $(".beside", item)?.remove();
    item.append(besides(card));
  });
}
const cardKey = (card) => [card.id, card.score, asked.more.includes(card.id), asked.less.includes(card.id)].join("|");

function besides(card) {
  const made = node("div", { className: "beside" });
  const price = priceText(card);
  made.append(heart(card));
  made.append(node("p", {}, ...[price && node("b", { textContent: price }), card.near && node("span", { className: "near", textContent: card.near })].filter(Boolean)));
  if (card.details.length) made.append(node("p", { className: "details", textContent: card.details.join(" · ") }));
  made.append(node("p", { className: "number", textContent: card.score }));
  if (card.link) {
    const link = node("a", { href: card.link, target: "_blank", rel: "noopener", textContent: "View product" });
    link.setAttribute("aria-label", `View product: ${card.name}, in a new tab`);
    link.onclick = () => note("opened", [card.id]);
    made.append(link);
  }
  if (card.doubles) made.append(node("small", { textContent: `${card.doubles} more like this one` }));
  made.append(node("div", { className: "acts" }, ...actions(card)));
  return made;
}

function actions(card) {
  const act = (text, label, run) => {
    const made = node("button", { type: "button", textContent: text, onclick: run, title: label });
    made.setAttribute("aria-label", `${label}: ${card.name}`);
    return made;
  };
  return [
    act("More like this", "More like this", () => askByItem(card)),
    // There is nothing to steer before anything is asked.
    ...(isAsking() ? [
      act("+", "Nearer to this one", () => mark("more", "less", card)),
      act("−", "Away from this one", () => mark("less", "more", card)),
    ] : []),
    // The score of words and of several pictures is no sum over places.
    ...(canExplain() ? [act("Why", "Why this one", () => openWhy(card))] : []),
    act("Share", "Share", () => share(card)),
  ];
}

const canExplain = () => (asked.photo || asked.item) && !asked.words && !asked.more.length && !asked.less.length;

function askByItem(card) {
  closeDialogs();
  names.set(card.id, card.name);
  note("opened", [card.id]);
  setPhoto(onServer(card.picture), card.id);
  step({ ...begun(), item: card.id }, card.name);
  focusAnswer();
}

function mark(name, other, card) {
  closeDialogs();
  const rest = asked[other].filter((id) => id !== card.id);
  const sign = name === "more" ? "+" : "−";
  step({ [name]: [...asked[name], card.id], [other]: rest }, `${sign} ${card.name}`);
  focusAnswer();
}

function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
