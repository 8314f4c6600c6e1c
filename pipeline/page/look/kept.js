// What a person keeps, and what is not for them: in this browser alone, where Gradio stores it.

const MOST_HEARTS = 500;
const MOST_DISLIKED = 100;
// Of all that is sent of them: the server takes 64 kB.
const MOST_BYTES = 60000;
// No id is longer; the server reads no text of more than 4,096 characters.
const LONGEST_ID = 1000;
// One origin may serve several shops, each under a path of its own.
const HERE = new URL(document.baseURI).pathname.replace(/\/+$/, "") || "/";
const HEART = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 20.6 3.9 12.7a5.1 5.1 0 0 1 7.2-7.2l.9.9.9-.9a5.1 5.1 0 0 1 7.2 7.2z"/></svg>';
const FULL = "You keep as much as the page takes. Take something away first, or download what you keep and clear it.";
let stored = {};
let isStoredKnown = false;
let kept = [];
let disliked = [];
let link = null; // what the last one brought: how many it names, which are taken, which were disliked

// A browser that lets no page store anything makes Gradio fail: there the hearts last until a reload.
try {
  localStorage.getItem("");
} catch {
  const held = new Map();
  Object.defineProperty(window, "localStorage", {
    value: {
      getItem: (key) => held.get(key) ?? null,
      setItem: (key, value) => held.set(key, String(value)),
      removeItem: (key) => held.delete(key),
    },
  });
}

// Other tabs of the shop: without them, the last one to keep something would undo the others.
const otherTabs = new BroadcastChannel("lookalike");
otherTabs.onmessage = ({ data }) => keptIs(data);

// Gradio has read what is stored, or another tab has changed it.
function keptIs(told) {
  stored = told && typeof told === "object" ? told : {};
  lookalike.stored = stored;
  const own = stored[HERE] || {};
  const hearts = idsOf(own.kept);
  const not = idsOf(own.disliked).filter((id) => !hearts.includes(id));
  if (!isStoredKnown) {
    isStoredKnown = true;
    setTimeout(openLink);
    // A heart may have been quicker than what is stored.
    if (kept.length) return setKept(idsOf([...hearts, ...kept]), not.filter((id) => !kept.includes(id)));
  }
  if (same(hearts, kept) && same(not, disliked)) return;
  [kept, disliked] = [hearts, not];
  followKept();
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const idsOf = (list) => (Array.isArray(list) ? [...new Set(list.filter((id) => typeof id === "string" && id && id.length <= LONGEST_ID))] : []);

function setKept(hearts, not) {
  [kept, disliked] = [hearts, not];
  if (isStoredKnown) store({ ...stored, [HERE]: { kept, disliked } });
  followKept();
}

function store(next) {
  stored = next;
  lookalike.stored = stored;
  lookalike.trigger("store_kept");
  otherTabs.postMessage(stored);
}

const isTooMuch = (hearts, not) => hearts.length > MOST_HEARTS || new Blob([JSON.stringify([hearts, not])]).size > MOST_BYTES;

function heart(card) {
  const made = node("button", { type: "button", className: "heart", innerHTML: HEART, title: "Keep", onclick: () => toggleKept(card) });
  made.setAttribute("aria-label", `Keep: ${card.name}`);
  made.setAttribute("aria-pressed", String(kept.includes(card.id)));
  made.dataset.keeps = card.id;
  return made;
}

function showHearts() {
  for (const one of document.querySelectorAll("[data-keeps]")) {
    one.setAttribute("aria-pressed", String(kept.includes(one.dataset.keeps)));
  }
}

function toggleKept(card) {
  names.set(card.id, card.name);
  tell("");
  if (kept.includes(card.id)) return setKept(kept.filter((id) => id !== card.id), disliked);
  const hearts = [...kept, card.id];
  if (isTooMuch(hearts, disliked)) return tell(FULL);
  setKept(hearts, disliked.filter((id) => id !== card.id));
  note("kept", [card.id]);
}

function dislike(card) {
  names.set(card.id, card.name);
  tell("");
  const not = [...disliked.filter((id) => id !== card.id), card.id];
  if (not.length > MOST_DISLIKED || isTooMuch(kept, not)) return tell(`You have said of ${disliked.length} items that they are not for you, as many as the page takes. Take one of them back first.`);
  setKept(kept.filter((id) => id !== card.id), not);
}

function clearKept() {
  const [hearts, not] = [kept, disliked];
  setKept([], []);
  // From now on this browser is another to the shop.
  if (isStoredKnown) store({ ...stored, browser: undefined });
  tell("Nothing is kept any more.", () => restore(hearts, not));
}

// What has been kept or disliked since, here or in another tab, stays as it is.
function restore(hearts, not) {
  const hadHearts = idsOf([...hearts.filter((id) => !disliked.includes(id)), ...kept]);
  const hadNot = idsOf([...not.filter((id) => !kept.includes(id)), ...disliked]);
  if (isTooMuch(hadHearts, hadNot)) return tell(FULL);
  setKept(hadHearts, hadNot);
}

function takeOut(hearts, not) {
  const left = kept.filter((id) => !hearts.includes(id));
  setKept(left, idsOf([...not.filter((id) => !left.includes(id)), ...disliked]));
}

// A link adds to what is kept here, and is taken out of the address, so that to reload adds nothing.
function openLink() {
  const address = new URL(location.href);
  const text = address.searchParams.get("kept");
  if (text === null) return;
  address.searchParams.delete("kept");
  history.replaceState(history.state, "", address);
  const brought = idsOf(text.split(",").map((one) => one.trim().replace(/%2c/gi, ",").replace(/%25/g, "%")));
  const added = brought.filter((id) => !kept.includes(id));
  if (!brought.length) return tell("The link names no items.");
  if (!added.length) return tell("You keep all items of the link already.");
  const hearts = [...kept, ...added];
  while (hearts.length > kept.length && isTooMuch(hearts, disliked)) hearts.pop();
  if (hearts.length === kept.length) return tell(FULL);
  link = { named: added.length, taken: hearts.slice(kept.length), not: disliked.filter((id) => hearts.includes(id)), isSaid: false };
  setKept(hearts, disliked.filter((id) => !hearts.includes(id)));
}

// Once it is known which of its items there are.
function sayOfLink(lost) {
  if (!link || link.isSaid) return;
  link.isSaid = true;
  const { named, taken, not } = link;
  const gone = taken.filter((id) => lost.includes(id)).length;
  const here = taken.length - gone;
  const said = [];
  if (here) said.push(`${counted(here)} of the link ${here === 1 ? "is" : "are"} kept here now.`);
  if (gone) said.push(`The catalogue does not have ${counted(gone)} of the link.`);
  if (taken.length < named) said.push(`The link names ${named}: the page takes no more.`);
  tell(said.join(" "), () => takeOut(taken, not));
}
const counted = (count) => (count === 1 ? "1 item" : `${count} items`);

// A comma within an id is escaped once more, since browsers and chats escape those between ids too.
function shareKept() {
  const ids = kept.map((id) => encodeURIComponent(id.replaceAll("%", "%25").replaceAll(",", "%2C")));
  const address = new URL(`?kept=${ids.join(",")}`, document.baseURI).href;
  if (address.length > 8000) return tell("You keep too much for the address of a link. Download the list instead.");
  shareAddress("What I keep", address, "Share what you keep");
}

document.addEventListener("click", async ({ target }) => {
  if (!target.matches?.("#share .copy")) return;
  const address = $("#share-address");
  address.select();
  const isCopied = await navigator.clipboard?.writeText(address.value).then(() => true, () => false);
  target.textContent = isCopied ? "Copied" : "Marked: press Ctrl+C";
  setTimeout(() => { target.textContent = "Copy"; }, 3000);
});

function downloadKept() {
  const rows = [
    ["id", "name", "kind"],
    ...kept.map((id) => [id, names.get(id) ?? "", "kept"]),
    ...disliked.map((id) => [id, names.get(id) ?? "", "not for me"]),
  ];
  // A sheet would reckon what looks like a formula.
  const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const csv = `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
  const href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  node("a", { href, download: "kept.csv" }).click();
  setTimeout(URL.revokeObjectURL, 10000, href);
}

// One sentence on what became of the hearts, and how to take that back.
function tell(sentence, takeBack = null) {
  const place = $(".kept-said");
  if (!place) return;
  const back = takeBack && node("button", { type: "button", textContent: "Take back", onclick: () => { tell(""); takeBack(); } });
  place.replaceChildren(...(sentence ? [node("span", { textContent: sentence }), ...(back ? [back] : [])] : []));
}
