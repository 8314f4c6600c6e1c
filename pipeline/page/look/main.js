// The parts come as Gradio draws them; once all are there, what the address says is asked.

const PARTS = ["shop", "photo-tools", "message", "with-item", "for-you", "steering", "examples-part", "map", "about", "code", "dialogs", "bridge"];
const mounted = new Set();

const lookalike = {
  photo: null,
  matches: [],
  metric: "cosine",
  stored: {},
  photoIsGone,
  metricIs,
  keptIs,
  trigger: () => {},
  bridge(trigger) {
    lookalike.trigger = trigger;
    lookalike.mount("bridge");
  },
  mount(part) {
    mounted.add(part);
    if (mounted.size === PARTS.length) whenDrawn(begin);
  },
};
window.lookalike = lookalike;

// Gradio fetches the scripts of its own components one by one.
function whenDrawn(go) {
  if (document.querySelector("#photo") && document.querySelector("#lookalikes")) return go();
  setTimeout(whenDrawn, 20, go);
}

async function begin() {
  wire();
  followKept();
  const { state, wasOwnPhoto } = fromSearch(location.search);
  asked = state;
  steps = [{ asked, label: labelOf(state) }];
  at = 0;
  history.replaceState({ run, at }, "");
  if (wasOwnPhoto) say(OWN_PHOTO);
  if (!isAsking()) show("empty");
  showAsked();
  const { signal } = asking;
  await look();
  document.body.classList.add("ready");
  if (isAsking() && !signal.aborted) ask();
}

async function look() {
  const { signal } = asking;
  try {
    beginWith(await post("page_look", []));
  } catch (error) {
    // What the page has begun with is good enough, and so is an answer.
    if (start) return lookLater();
    if (!signal.aborted) showTrouble(error);
  }
}
let looking = 0;

function lookLater() {
  clearTimeout(looking);
  looking = setTimeout(look, 10000);
}

function beginWith(told) {
  start = told;
  showStart();
  if (start.building) lookLater();
}

function showStart() {
  showExamples();
  showAbout();
  sayWhatIsNoted();
  // An answer brings its own.
  if (!cards.length) showFacets(start.controls.facets);
  showControls();
}

// Once another version of the catalogue answers, all that the page says of the one before is had anew.
async function followVersion(version) {
  if (!version || (start && same(version, [start.about.version, start.about.made]))) return;
  rowsOf = null;
  const told = await post("page_look", []).catch(() => null);
  if (!told) return; // the next answer tells of it again
  beginWith(told);
  followKept();
  chartAnew();
}

function showExamples() {
  $("#examples-part .tiles").replaceChildren(...start.examples.map((example) => {
    const picture = node("img", { src: onServer(example.picture).url, alt: "" });
    const pick = node("button", { type: "button", onclick: () => askByItem(example) }, picture);
    pick.setAttribute("aria-label", `Find what looks like: ${example.name}`);
    return node("li", {}, pick);
  }));
}

function showAbout() {
  const { items, skipped, catalogue, source, version, made, encoder, notice, advice } = start.about;
  const lines = [
    `${items.toLocaleString()} items${skipped ? ` (${skipped.toLocaleString()} skipped)` : ""}`,
    `Catalogue ${catalogue} (${source}), version ${version} of ${new Date(made).toLocaleString()}, encoder ${encoder}.`, notice, advice,
  ];
  $("#loaded").replaceChildren(...lines.filter(Boolean).map((textContent) => node("p", { textContent })));
}

const DOES = { choose: choosePhoto, camera: openCamera, paste: pasteFromClipboard, turn, whole: wholePhoto, downloadKept, shareKept, clearKept };

function wire() {
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-do]")?.dataset.do;
    if (name) DOES[name]();
  });
  $(".numbers").onclick = (event) => {
    const isOn = document.body.classList.toggle("with-numbers");
    event.target.setAttribute("aria-pressed", String(isOn));
  };
  $(".undo").onclick = () => { history.back(); focusAnswer(); };
  $(".again").onclick = () => { askAgain(); focusAnswer(); };
  $(".words").onsubmit = (event) => {
    event.preventDefault();
    const words = $("#words").value.trim();
    if (words !== asked.words) step({ words }, words ? `“${words}”` : "Without words");
  };
  new MutationObserver(decorate).observe($("#answer"), { childList: true, subtree: true, attributes: true, attributeFilter: ["src"] });
  wireBox();
  wireMap();
  wireTabs();
  wireFocus();
}

// Where what had the focus is gone or hidden, the answer has it: never the page as a whole.
function wireFocus() {
  let focused = null;
  const isThere = (one) => one.isConnected && one.checkVisibility({ visibilityProperty: true });
  const keep = () => {
    const isNowhere = !document.activeElement || document.activeElement === document.body;
    if (focused && isNowhere && !isThere(focused)) focusAnswer();
  };
  document.addEventListener("focusin", ({ target }) => { focused = target; });
  // Who points elsewhere lets go of it.
  document.addEventListener("pointerdown", () => { focused = null; }, true);
  // Browsers let go of what is hidden when they next draw.
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(keep))).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "class", "data-state", "data-asked"],
  });
}

function wireTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const pick = (chosen) => {
    for (const tab of tabs) {
      const isOn = tab === chosen;
      tab.setAttribute("aria-selected", String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
      const panel = $(`#${tab.getAttribute("aria-controls")}`);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.hidden = !isOn;
    }
  };
  for (const tab of tabs) {
    tab.onclick = () => pick(tab);
    tab.onkeydown = (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      const next = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
      pick(next);
      next.focus();
    };
  }
  pick(tabs[0]);
}
