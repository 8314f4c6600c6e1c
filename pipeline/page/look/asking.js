// Asking the server. The last request wins: an earlier one is dropped, whenever its answer comes.

let asking = new AbortController();

class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

const refusal = (response, told) => new Refused(response.status, [told?.error, told?.detail].find((one) => typeof one === "string") || "");

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

async function post(name, data, signal) {
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
  unsent = null;
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  showAsked();
  clearBeside();
  if (!isAsking()) {
    showCards([]);
    showCode();
    if (start) showFacets(start.controls.facets); // not those near what was asked last
    show("empty");
    // The server lets go of the photo.
    if (sentPhoto) post("page_ask", [null, asked.metric, {}]).catch(() => {});
    sentPhoto = false;
    return;
  }
  show("working");
  sentPhoto = sentPhoto || Boolean(asked.photo);
  try {
    await showFramedItem(signal);
    const told = await post("page_ask", parts(), signal);
    if (signal.aborted) return;
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
  } catch (error) {
    if (!signal.aborted) showTrouble(error);
  }
}
let sentPhoto = false;

// What failed: the last query, or the photo that did not come to be asked about.
function askAgain() {
  if (unsent) return unsent();
  ask();
}
let unsent = null;

function showTrouble(error) {
  if (error instanceof Unreachable) {
    return show("offline", {
      message: "The shop cannot be reached",
      advice: "Look whether you are online. The search goes on by itself as soon as you are.",
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
  if (error.status === 404 && error.message) return show("error", { message: error.message });
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

addEventListener("online", () => {
  followKept();
  if (document.body.dataset.state === "offline") askAgain();
});
