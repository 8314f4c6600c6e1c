// The API tab: the code for exactly what is on screen.

const LANGUAGES = { python: "Python", javascript: "JavaScript", curl: "curl" };

function showCode(code = null) {
  const place = $(".languages");
  if (!place) return;
  const address = window.gradio_config.root;
  $(".code .docs").href = `${address}/api/docs`;
  $(".code .with-nothing").hidden = Boolean(code);
  $(".code .own-photo").hidden = !code || !(asked.photo || asked.box);
  place.replaceChildren(...Object.entries(code || {}).map(([name, parts]) => {
    const shown = parts.join(address);
    const title = node("h3", { textContent: LANGUAGES[name], id: `code-${name}` });
    const block = node("pre", { tabIndex: 0, className: name, textContent: shown });
    block.setAttribute("role", "region");
    block.setAttribute("aria-labelledby", title.id);
    const copy = node("button", { type: "button", textContent: "Copy" });
    copy.setAttribute("aria-label", `Copy the ${LANGUAGES[name]} code`);
    copy.onclick = () => copyCode(copy, block);
    return node("div", { className: "language" }, title, copy, block);
  }));
}

async function copyCode(button, block) {
  try {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(block);
    button.textContent = "Marked: press Ctrl+C";
  }
}
