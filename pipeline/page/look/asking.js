// Asking the server. The last choice wins: what comes of an earlier one is dropped, whenever it comes.

let asking = new AbortController();

// An upload or a question of before is under way no longer. The signal tells whether this one still is the last.
function giveUpEarlier() {
  unsent = null;
  asking.abort();
  asking = new AbortController();
  return asking.signal;
}

class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

// The server has started anew since the picture came to it, or has kept it for half an hour.
const NOT_HERE = "Not uploaded here"; // as pipeline/page/guards/events.py says it

class Lost extends Refused {
  constructor(status) {
    super(status, "The shop keeps your photo no longer. Choose it again.");
  }
}

function refusal(response, told) {
  if (told?.title === NOT_HERE) return new Lost(response.status);
  return new Refused(response.status, [told?.error, told?.detail].find((one) => typeof one === "string") || "");
}

class Unreachable extends Error {}

// What fails here is the way to the server; what fails elsewhere is the page's own.
async function sent(address, request) {
  try {
    return await fetch(address, request);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable();
  }
}

const root = () => `${window.gradio_config.root}/gradio_api`;

// A picture that the server has lost is brought to it once more.
async function post(name, data, signal) {
  try {
    return await posted(name, data, signal);
  } catch (error) {
    const again = error instanceof Lost && await sendAgain(data[0], signal);
    if (!again) throw error;
    return posted(name, [again, ...data.slice(1)], signal);
  }
}

async function posted(name, data, signal) {
  const response = await sent(`${root()}/run/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ data, session_hash: window.__gradio_session_hash__ }),
    signal,
  });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response, told);
  if (!told?.data) throw new Unreachable(); // cut off on the way
  return told.data[0];
}

const parts = () => [
  asked.item && !asked.box ? null : photoOf(asked),
  asked.metric,
  {
    items: asked.item && !asked.box ? [asked.item] : [],
    leave_out: asked.item && asked.box ? [asked.item] : [],
    words: asked.words, [asked.photo || asked.item ? "but" : "where"]: asked.where, more: asked.more, less: asked.less,
    colour_weight: asked.colour_weight, variety: asked.variety, k: asked.k,
    box: asked.box, fold: true,
  },
];

async function ask() {
  const signal = giveUpEarlier();
  showAsked();
  clearBeside();
  if (shownPhoto && !asked.photo && !asked.item) setPhoto(null);
  if (!isAsking()) return askNothing();
  show("working");
  sentPhoto = sentPhoto || Boolean(asked.photo);
  try {
    await showAskedPicture(signal);
    const told = await post("page_ask", parts(), signal);
    if (!signal.aborted) showAnswer(told, signal);
  } catch (error) {
    if (!signal.aborted) showTrouble(error);
  }
}
let sentPhoto = false;

function askNothing() {
  showCards([]);
  showCode();
  if (start) showFacets(start.controls.facets); // not those near what was asked last
  show("empty");
  // The server lets go of the photo.
  if (sentPhoto) post("page_ask", [null, asked.metric, {}]).catch(() => {});
  sentPhoto = false;
}

function showAnswer(told, signal) {
  pause = FIRST_PAUSE;
  followVersion(told.version);
  if (told.state === "error") {
    showCards([]);
    showCode();
    return show("error", told);
  }
  if (told.asked) showItemAsPhoto(told.asked);
  showCards(told.cards);
  show(told.state, told);
  keepGarments(told.boxes);
  showBox(told.box);
  showCode(told.code);
  showFacets(told.facets);
  askBeside(signal);
}

// What failed: what the page begins with, the last query, or the photo that did not come to be asked about.
async function askAgain() {
  const { signal } = asking;
  say("");
  if (!start) {
    show("working");
    await look();
    if (!start || signal.aborted) return;
  }
  if (unsent) return unsent();
  ask();
}
let unsent = null;

function showTrouble(error) {
  if (error instanceof Unreachable) {
    goOnLater();
    return show("offline", {
      message: "The shop cannot be reached",
      advice: "Look whether you are online. The search goes on by itself as soon as the shop can be reached.",
    });
  }
  if (!(error instanceof Refused)) {
    console.warn(error);
    return show("failed", {
      message: "Something went wrong in this page",
      advice: "Load it again. If that does not help, another browser may.",
    });
  }
  if (error.status === 413) return show("error", { message: error.message || "The photo is too large for the shop. Save it smaller." });
  if (error.status === 408) return show("error", { message: error.message || "The upload took too long. Save the photo smaller, or send it over a quicker line." });
  // The item that an address frames may be in the catalogue no longer.
  if ((error instanceof Lost || error.status === 404) && error.message) return show("error", { message: error.message });
  const isFull = error.status === 503 || error.status === 429;
  show(isFull ? "busy" : "failed", {
    message: isFull ? "Many people are searching just now" : "Something went wrong on our side",
    advice: error.message || "Try again in a moment.",
  });
}

function sentenceOf(error) {
  if (error instanceof Unreachable) return "The shop cannot be reached.";
  return (error instanceof Refused && error.message) || "Something went wrong. Try again in a moment.";
}

// Milliseconds. The browser tells when its own network is back, and of a server nobody tells.
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 60000;
let pause = FIRST_PAUSE;
let goingOn = 0;

function goOnLater() {
  clearTimeout(goingOn);
  goingOn = setTimeout(goOn, pause);
  pause = Math.min(2 * pause, LONGEST_PAUSE);
}

// Tried in silence first: else it would be told aloud, each time, that nothing has changed.
async function goOn() {
  const isWaiting = () => document.body.dataset.state === "offline" && !document.hidden;
  if (!isWaiting()) return;
  const { signal } = asking;
  const health = await fetch(`${window.gradio_config.root}/healthz`, { cache: "no-store" }).catch(() => null);
  if (!isWaiting() || signal.aborted) return;
  if (!health?.ok) return goOnLater();
  followKept();
  askAgain();
}

addEventListener("online", () => {
  followKept();
  goOn();
});
// A page that nobody sees waits until somebody does.
document.addEventListener("visibilitychange", goOn);
