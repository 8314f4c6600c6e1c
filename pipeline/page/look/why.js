// Why an item is among the answers: two heat maps side by side, and what the items share.

let explaining = new AbortController();

// The last one that is asked for is shown, whenever the answers come.
async function openWhy(card) {
  explaining.abort();
  explaining = new AbortController();
  const { signal } = explaining;
  closeDialogs();
  const dialog = $("#why");
  const lead = $(".lead", dialog);
  $("h2", dialog).textContent = `Why ${card.name}`;
  $(".maps", dialog).replaceChildren();
  $(".shared", dialog).replaceChildren();
  lead.textContent = "Looking …";
  dialog.showModal();
  const told = await post("page_why", [...parts(), card.id], signal).catch((error) => ({ state: "error", message: sentenceOf(error) }));
  if (signal.aborted) return;
  if (told.state === "error") {
    lead.textContent = told.message;
    return;
  }
  lead.textContent = `${told.title}: ${told.score}.`;
  const sides = ["What you asked by", card.name];
  $(".maps", dialog).replaceChildren(...told.maps.map((map, number) => node("figure", {},
    heatMap(map, onServer(told.pictures[number]).url, `${sides[number]}: the places that count most are bright`),
    node("figcaption", { textContent: sides[number] }))));
  for (const [title, list] of [["Both", told.agree], ["They differ in", told.differ]]) {
    if (list.length) {
      $(".shared", dialog).append(node("h3", { textContent: title }), node("ul", {}, ...list.map((textContent) => node("li", { textContent }))));
    }
  }
}

// The picture, darkened where it counts little.
function heatMap(map, url, label) {
  const most = Math.max(...map.flat());
  const least = Math.min(0, ...map.flat());
  const veil = node("canvas", { width: map[0].length, height: map.length });
  const pen = veil.getContext("2d");
  map.forEach((row, y) => row.forEach((part, x) => {
    const share = most > least ? (part - least) / (most - least) : 0;
    pen.fillStyle = `rgb(12 8 24 / ${0.85 * (1 - share)})`;
    pen.fillRect(x, y, 1, 1);
  }));
  const made = node("div", { className: "heat" }, node("img", { src: url, alt: label }), veil);
  return made;
}
