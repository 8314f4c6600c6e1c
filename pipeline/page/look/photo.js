// The photo: chosen, dropped, pasted, taken or turned; what Gradio's picture input shows.

const MOST_KEPT = 6;
const PICTURE = /\.(jpe?g|jfif|png|webp|gif|bmp|tiff?|avif|heic|heif)$/i;
const files = new Map();
// Of one upload, as the server takes it.
const MOST_MB = 40;
let shownPhoto = null;
let shownItem = null; // whose picture it is, where it is an item's
let uploading = 0;

const photoOf = (state) => (state.photo ? state.photo.file : state.item ? shownPhoto : null);

// What the input shows; Gradio is told by the bridge.
function setPhoto(value, item = null) {
  shownPhoto = value;
  shownItem = item;
  lookalike.photo = value;
  lookalike.trigger("show_photo");
}

// By the cross of Gradio's own input.
function photoIsGone() {
  shownPhoto = shownItem = null;
  if (asked.photo || asked.item) step({ photo: null, item: null, box: null }, "No photo");
}

function becomeAsked(file, value, kept) {
  files.set(value.path, file);
  if (files.size > MOST_KEPT) files.delete(files.keys().next().value);
  const photo = { id: value.path, file: value };
  step({ ...begun(), ...kept, photo }, "Your photo");
}

async function uploadFile(file) {
  const form = new FormData();
  form.append("files", file, file.name || "photo.png");
  const response = await sent(`${root()}/upload`, { method: "POST", body: form });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response, told);
  if (!Array.isArray(told)) throw new Unreachable(); // cut off on the way
  const [path] = told;
  const url = `${root()}/file=${path}`;
  return { path, url, orig_name: file.name, meta: { _type: "gradio.FileData" } };
}

async function takeFile(file, kept = {}) {
  if (!file.type.startsWith("image/") && !PICTURE.test(file.name || "")) {
    return say("That is no picture. Give a photo, such as a JPEG or a PNG.");
  }
  say("");
  const number = ++uploading;
  unsent = null;
  asking.abort();
  if (file.size > MOST_MB * 2 ** 20) {
    return show("error", { message: `The picture file has ${Math.ceil(file.size / 2 ** 20)} MB; the limit is ${MOST_MB} MB. Save it smaller.` });
  }
  show("working");
  try {
    const value = await uploadFile(file);
    if (number !== uploading) return;
    setPhoto(value);
    becomeAsked(file, value, kept);
  } catch (error) {
    if (number !== uploading) return;
    unsent = () => takeFile(file, kept);
    showTrouble(error);
  }
}

// After a step back: the server may have let go of a photo since.
async function restorePhoto() {
  const number = ++uploading;
  if (!asked.photo) {
    if (!asked.item && shownPhoto) setPhoto(null);
    return;
  }
  if (shownPhoto?.path === asked.photo.file.path) return;
  const file = files.get(asked.photo.id);
  if (!file) return;
  try {
    const value = await uploadFile(file);
    if (number !== uploading) return;
    asked.photo.file = value;
    setPhoto(value);
  } catch (error) {
    showTrouble(error);
  }
}

function showItemAsPhoto(item) {
  if (asked.item !== item.id || (shownItem === item.id && shownPhoto.path === item.picture.path)) return;
  setPhoto(onServer(item.picture), item.id);
}

// A frame on an item is asked by its picture, which a page just opened, or gone back in, does not show yet.
async function showFramedItem(signal) {
  const { item } = asked;
  if (!item || !asked.box || shownItem === item) return;
  const { picture } = await fetchCard(item);
  if (!signal.aborted) setPhoto(onServer(picture), item);
}

const onServer = (picture) => ({ ...picture, url: window.gradio_config.root + picture.url });

// The photo by a quarter to the right, drawn anew; twice as large as any encoder looks.
async function turn() {
  if (!asked.photo) return;
  try {
    const blob = files.get(asked.photo.id) || (await (await sent(asked.photo.file.url)).blob());
    const bitmap = await createImageBitmap(blob);
    const scale = Math.min(1, 2048 / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.height * scale;
    canvas.height = bitmap.width * scale;
    const pen = canvas.getContext("2d");
    pen.translate(canvas.width, 0);
    pen.rotate(Math.PI / 2);
    pen.drawImage(bitmap, 0, 0, canvas.height, canvas.width);
    const turned = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
    const { words, where, more, less } = asked;
    await takeFile(new File([turned], "turned.jpg", { type: "image/jpeg" }), { words, where, more, less });
  } catch (error) {
    if (error instanceof Unreachable) return say(sentenceOf(error));
    say("This browser cannot show the photo, so it cannot turn it. Turn it on your device.");
  }
}

async function pasteFromClipboard() {
  const how = "Copy a picture, then press Ctrl+V here.";
  if (!navigator.clipboard?.read) return say(`This browser keeps the clipboard to itself. ${how}`);
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) return takeFile(new File([await item.getType(type)], "pasted.png", { type }));
    }
    say("There is no picture in the clipboard. Copy one first.");
  } catch {
    say(`The browser did not let the page look into the clipboard. ${how}`);
  }
}

document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files || [])].find((one) => one.type.startsWith("image/"));
  if (file) {
    event.preventDefault();
    takeFile(file);
  } else if (!event.target.closest?.("input, textarea")) {
    say("There is no picture in the clipboard. Copy one first.");
  }
});

// Anywhere on the page, before Gradio's own field sees it.
const hasFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
for (const name of ["dragenter", "dragover"]) {
  addEventListener(name, (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  }, true);
}
addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
}, true);
addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  document.body.classList.remove("dropping");
  if (event.dataTransfer.files.length) takeFile(event.dataTransfer.files[0]);
}, true);

// Browsers show fewer kinds of pictures than the server reads, such as HEIC.
for (const name of ["load", "error"]) {
  document.addEventListener(name, ({ target }) => {
    if (target.matches?.("#photo .image-frame img")) $("#photo").classList.toggle("unseen", name === "error");
  }, true);
}

function choosePhoto() {
  document.querySelector("#photo input[type=file]").click();
}
// Before Gradio sees it, which would neither hand over the file nor say why one was refused.
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("#photo input[type=file]")) return;
  event.stopImmediatePropagation();
  const [file] = event.target.files;
  if (file) takeFile(file);
  event.target.value = ""; // the same file may be chosen again
}, true);

async function openCamera() {
  const dialog = document.querySelector("#camera");
  const video = dialog.querySelector("video");
  const told = dialog.querySelector("[role=status]");
  const take = dialog.querySelector(".take");
  told.textContent = "Waiting for the camera …";
  take.disabled = true;
  dialog.showModal();
  try {
    const media = { video: { facingMode: "environment", width: { ideal: 1920 } } };
    video.srcObject = await navigator.mediaDevices.getUserMedia(media);
    told.textContent = "";
    take.disabled = false;
  } catch (error) {
    const isRefused = error.name === "NotAllowedError";
    told.textContent = isRefused
      ? "The browser did not let the page use the camera. Allow it beside the address, or choose a photo."
      : "There is no camera that the page could use. Choose a photo instead.";
  }
  dialog.onclose = () => video.srcObject?.getTracks().forEach((track) => track.stop());
  take.onclick = () => {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => takeFile(new File([blob], "camera.jpg", { type: "image/jpeg" })), "image/jpeg", 0.95);
    dialog.close();
  };
}

function say(sentence) {
  const place = document.querySelector(".said");
  if (place) place.textContent = sentence;
}
