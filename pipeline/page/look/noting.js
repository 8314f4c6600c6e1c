// What was shown, opened and kept, where the shop keeps a log of it: ids, under a random number.

const NOTE_MS = 1000;
const MOST_NOTES = 50;
const noted = new Set();
let toNote = [];
let noting = 0;

// Once for each loading of the page: to look twice is no second choice.
function note(kind, ids) {
  if (!start?.notes_events) return;
  for (const id of ids) {
    const key = `${kind} ${id}`;
    if (noted.has(key)) continue;
    noted.add(key);
    toNote.push([kind, id]);
  }
  clearTimeout(noting);
  noting = setTimeout(sendNotes, NOTE_MS);
}

function sendNotes() {
  if (!toNote.length) return;
  if (!isStoredKnown) {
    noting = setTimeout(sendNotes, NOTE_MS);
    return;
  }
  const body = JSON.stringify({ user: browserNumber(), events: toNote.splice(0, MOST_NOTES) });
  const headers = { "Content-Type": "application/json" };
  // Nobody waits for it, and the page goes on without.
  fetch(`${window.gradio_config.root}/api/events`, { method: "POST", keepalive: true, headers, body }).catch(() => {});
  sendNotes();
}
addEventListener("pagehide", sendNotes);

function browserNumber() {
  if (!/^[0-9a-f]{32}$/.test(stored.browser)) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    store({ ...stored, browser: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("") });
  }
  return stored.browser;
}

function sayWhatIsNoted() {
  if (!start.notes_events || $(".noted")) return;
  $(".privacy").after(node("p", { className: "privacy noted", textContent: "Which items you are shown, open and keep is noted under a random number of this browser, without your name or address." }));
}
