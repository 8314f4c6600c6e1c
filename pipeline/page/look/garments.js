// The garments of a photo that shows several: a button on each, to ask about it alone.

const NUMBER = 32; // pixels

function wireGarments() {
  const group = node("div", { id: "garments", hidden: true });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Garments in the photo");
  $("#photo").append(group);
}

// What the photo shows stays offered while one of them is asked about.
function keepGarments(boxes) {
  if (asked.photo && !asked.box) asked.photo.garments = boxes;
}

function askGarment(number, count) {
  const one = asked.photo.garments[number];
  if (same(asked.box, one)) return step({ box: null }, "Photo");
  showBox(one);
  step({ box: one }, `Garment ${number + 1} of ${count}`);
}

// Where the photo is drawn, or null where it is not.
function placeGarments(place) {
  const group = $("#garments");
  const boxes = (place && asked.photo?.garments) || [];
  group.hidden = !boxes.length;
  if (group.children.length !== 2 * boxes.length) {
    group.replaceChildren(...boxes.flatMap((_, number) => garment(number, boxes.length)));
  }
  boxes.forEach((one, number) => {
    const [left, right] = [one[0], one[2]].map((edge) => place.left + edge * place.width);
    const [top, bottom] = [one[1], one[3]].map((edge) => place.top + edge * place.height);
    const [outline, button] = [group.children[2 * number], group.children[2 * number + 1]];
    Object.assign(outline.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
    Object.assign(button.style, { left: `${(left + right - NUMBER) / 2}px`, top: `${(top + bottom - NUMBER) / 2}px` });
    button.setAttribute("aria-pressed", String(same(asked.box, one)));
  });
}

function garment(number, count) {
  const button = node("button", { type: "button", textContent: number + 1, onclick: () => askGarment(number, count) });
  button.setAttribute("aria-label", `Garment ${number + 1} of ${count}`);
  return [node("i", { ariaHidden: "true" }), button];
}
