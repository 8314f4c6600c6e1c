// The shelves: For you, which follows what is kept, and what goes with the item that is asked by.

const FOLLOW_MS = 120;
let following = 0;
let follows = new AbortController();

function followKept() {
  showHearts();
  clearTimeout(following);
  follows.abort();
  const section = $(".for-you");
  if (!section) return;
  section.hidden = !kept.length && !disliked.length;
  if (section.hidden) return;
  section.setAttribute("aria-busy", "true");
  following = setTimeout(askForYou, FOLLOW_MS);
}

async function askForYou() {
  follows = new AbortController();
  const { signal } = follows;
  let told;
  try {
    told = await post("page_for_you", [{ kept, disliked }], signal);
  } catch (error) {
    if (signal.aborted) return;
    told = { message: `${sentenceOf(error)} What you keep is safe in this browser.` };
  }
  if (signal.aborted) return;
  if (told.renamed) return takeNames(told.renamed);
  showForYou(told);
}

// An item of which there is a second variant now is called otherwise.
function takeNames(renamed) {
  const renew = (ids) => idsOf(ids.map((id) => renamed[id] ?? id));
  const [hearts, not] = [kept, disliked].map(renew);
  if (link) link.taken = renew(link.taken);
  setKept(hearts, not.filter((id) => !hearts.includes(id)));
}

function showForYou(told) {
  const section = $(".for-you");
  const list = $(".row", section);
  section.setAttribute("aria-busy", "false");
  const hadFocus = section.contains(document.activeElement) ? document.activeElement.ariaLabel ?? "" : null;
  for (const item of [...(told.kept || []), ...(told.disliked || [])]) names.set(item.id, item.name);
  const missing = told.missing ? `${told.missing === 1 ? "1 item that you keep is" : `${told.missing} items that you keep are`} in the catalogue no longer, and left out.` : "";
  const none = told.kept && !kept.length ? "Keep something, and what suits it is suggested here." : "";
  $(".lead", section).textContent = [told.message, missing, none].filter(Boolean).join(" ");
  note("shown", (told.cards || []).map((card) => card.id));
  if (told.cards) list.replaceChildren(...told.cards.map((card) => tile(card, notForMe(card))));
  if (told.kept) showKeeping(told);
  $(".aloud", section).textContent = told.cards?.length ? `For you: ${told.cards.length} suggestions.` : "";
  if (hadFocus !== null && !section.contains(document.activeElement)) {
    ([...section.querySelectorAll("button")].find((one) => one.ariaLabel === hadFocus) || $("h2", section)).focus();
  }
}

// What the catalogue has no longer is listed too, so that it can be taken out.
function showKeeping(told) {
  const place = $(".keeping");
  const [hearts, not] = [[told.kept, kept], [told.disliked, disliked]].map(([there, ids]) => [...there, ...lostOf(there, ids)]);
  $("summary", place).textContent = hearts.length || !not.length ? `What you keep (${hearts.length})` : `What is not for you (${not.length})`;
  $(".hearts", place).replaceChildren(...hearts.map((item) => chipOf(item, "Keep no longer", () => toggleKept(item))));
  $(".not", place).hidden = !not.length;
  $(".not ul", place).replaceChildren(...not.map((item) => chipOf(item, "Take back that this is not for you", () => {
    setKept(kept, disliked.filter((id) => id !== item.id));
  })));
  $("[data-do=shareKept]", place).hidden = !hearts.length;
  sayOfLink(lostOf(told.kept, kept).map((item) => item.id));
}

function lostOf(there, ids) {
  const known = new Set(there.map((item) => item.id));
  return ids.filter((id) => !known.has(id)).map((id) => ({ id, name: names.get(id) ?? id, picture: null }));
}

function chipOf({ name, picture }, does, run) {
  const image = picture ? node("img", { src: onServer(picture).url, alt: "", loading: "lazy" }) : node("small", { textContent: "Gone:" });
  const made = node("button", { type: "button", className: "chip", onclick: run }, image, node("span", { textContent: `${name} ×` }));
  made.setAttribute("aria-label", `${does}: ${name}`);
  return node("li", {}, made);
}

function notForMe(card) {
  const made = node("button", { type: "button", textContent: "Not for me", onclick: () => dislike(card) });
  made.setAttribute("aria-label", `Not for me: ${card.name}`);
  return made;
}

// A card of a shelf: what answers have too, with the reason that it is there for.
function tile(card, ...acts) {
  names.set(card.id, card.name);
  const see = node("button", { type: "button", className: "see", onclick: () => openItem(card) }, node("img", { src: onServer(card.picture).url, alt: "", loading: "lazy" }));
  see.setAttribute("aria-label", `${[card.name, priceText(card)].filter(Boolean).join(", ")}: larger`);
  const more = node("button", { type: "button", textContent: "More like this", onclick: () => askByItem(card) });
  more.setAttribute("aria-label", `More like this: ${card.name}`);
  const price = priceText(card);
  return node("li", {}, see, heart(card), node("p", { className: "name", textContent: card.name }),
    ...(price ? [node("b", { textContent: price })] : []),
    node("p", { className: "reason", textContent: card.reason }),
    node("div", { className: "acts" }, more, ...acts));
}

let rowsOf = null;

function clearBeside() {
  if (rowsOf === asked.item) return;
  rowsOf = null;
  $(".with-item").replaceChildren();
}

// Asked for after the answer is there, since nobody waits for it.
async function askBeside(signal) {
  if (rowsOf === asked.item || !asked.item) return;
  rowsOf = asked.item;
  const told = await post("page_beside", [asked.item], signal).catch(() => null);
  if (signal.aborted || !told?.rows) {
    if (rowsOf === asked.item) rowsOf = null;
    return;
  }
  note("shown", told.rows.flatMap((row) => row.cards.map((card) => card.id)));
  $(".with-item").replaceChildren(...told.rows.map(shelf));
}

function shelf({ title, notes, cards: found }, number) {
  const heading = node("h2", { textContent: title, id: `shelf-${number}` });
  const made = node("section", { className: "shelf" }, heading,
    ...notes.map((note) => node("p", { className: "lead", textContent: note })),
    node("ul", { className: "row" }, ...found.map((card) => tile(card))));
  made.setAttribute("aria-labelledby", heading.id);
  return made;
}
