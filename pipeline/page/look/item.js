// One item: larger, with all that can be done with it; and how to share it.

async function openItem(card) {
  note("opened", [card.id]);
  const dialog = $("#item");
  const picture = $("img", dialog);
  picture.src = onServer(card.picture).url;
  picture.alt = card.name;
  $("h2", dialog).textContent = card.name;
  $(".price", dialog).textContent = priceText(card);
  $(".details", dialog).textContent = card.details.join(" · ");
  const numbers = card.score ? [node("span", { className: "number", textContent: `: ${card.score}` })] : [];
  $(".nearness", dialog).replaceChildren(card.near ?? "", ...numbers);
  const link = card.link
    ? [node("a", { href: card.link, target: "_blank", rel: "noopener", className: "main", textContent: "View product" })]
    : [];
  $(".actions", dialog).replaceChildren(heart(card), ...link, ...actions(card));
  dialog.dataset.item = card.id;
  dialog.showModal();
  const told = await post("page_picture", [card.id]).catch(() => null);
  // Another may have been opened since.
  if (told?.picture && dialog.dataset.item === card.id) picture.src = onServer(told.picture).url;
}

document.addEventListener("click", (event) => {
  const opened = event.target.closest?.("#lookalikes button.thumbnail-item");
  if (opened) {
    const all = [...document.querySelectorAll("#lookalikes button.thumbnail-item")];
    const card = cards[all.indexOf(opened)];
    if (card) openItem(card);
  }
  if (event.target.closest?.("dialog .close") || event.target.matches?.("dialog")) {
    event.target.closest("dialog").close();
  }
});

const addressOf = (card) => new URL(`?item=${encodeURIComponent(card.id)}`, document.baseURI).href;

const share = (card) => shareAddress(card.name, addressOf(card), "Share this item");

async function shareAddress(title, address, heading) {
  try {
    if (navigator.share) return await navigator.share({ title, url: address });
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  const dialog = $("#share");
  $("h2", dialog).textContent = heading;
  $("input", dialog).value = address;
  dialog.showModal();
  $("input", dialog).select();
}
