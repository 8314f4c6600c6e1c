// The photo: chosen, dropped, pasted, taken or turned; what Gradio's picture input shows.

const MOST_KEPT = 6;
const PICTURE = /\.(jpe?g|jfif|png|webp|gif|bmp|tiff?|avif|heic|heif)$/i;
const files = new Map();
// Of one upload, as the server takes it.
const MOST_MB = 40;
let shownPhoto = null;
let shownItem = null; // whose picture it is, where it is an item's

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

const isPicture = (file) => file.type.startsWith("image/") || PICTURE.test(file.name || "");

function becomeAsked(file, value, kept, sentence) {
  files.set(value.path, file);
  if (files.size > MOST_KEPT) files.delete(files.keys().next().value);
  const photo = { id: value.path, file: value };
  step({ ...begun(), ...kept, photo }, "Your photo", sentence);
}

async function uploadFile(file, signal) {
  const form = new FormData();
  form.append("files", file, file.name || "photo.png");
  const response = await sent(`${root()}/upload`, { method: "POST", body: form, signal });
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw refusal(response, told);
  if (!Array.isArray(told)) throw new Unreachable(); // cut off on the way
  const [path] = told;
  const url = `${root()}/file=${path}`;
  return { path, url, orig_name: file.name, meta: { _type: "gradio.FileData" } };
}

// What is said of the photo stays beside its answer; what else it is asked with is kept.
async function takeFile(file, kept = {}, sentence = "") {
  if (!isPicture(file)) return say("That is no picture. Give a photo, such as a JPEG or a PNG.");
  leaveEarlier(sentence);
  const signal = giveUpEarlier();
  if (file.size > MOST_MB * 2 ** 20) {
    return show("error", { message: `The picture file has ${Math.ceil(file.size / 2 ** 20)} MB; the limit is ${MOST_MB} MB. Save it smaller.` });
  }
  show("working");
  try {
    const value = await uploadFile(file, signal);
    if (signal.aborted) return;
    setPhoto(value);
    becomeAsked(file, value, kept, sentence);
  } catch (error) {
    if (signal.aborted) return;
    unsent = () => takeFile(file, kept, sentence);
    showTrouble(error);
  }
}

// Of several files the first picture.
function takeFirst(several) {
  const file = several.find(isPicture) ?? several[0];
  takeFile(file, {}, several.length > 1 ? `The page looks at one photo at a time. It took “${file.name}”.` : "");
}

// The input shows what is asked by: after a step back, or in a page just opened, not yet.
async function showAskedPicture(signal) {
  const { photo, item, box } = asked;
  if (photo && shownPhoto?.path !== photo.file.path) await sendPhoto(photo, signal);
  if (item && box && shownItem !== item) await showItem(item, signal);
}

// A photo of before: the server may have let go of it since.
async function sendPhoto(photo, signal) {
  const file = files.get(photo.id);
  if (!file) {
    setPhoto(null);
    throw new Lost(0);
  }
  const value = await uploadFile(file, signal);
  signal?.throwIfAborted();
  photo.file = value;
  if (asked.photo === photo) setPhoto(value);
  return value;
}

// A frame on an item is asked by its picture.
async function showItem(item, signal) {
  const picture = onServer((await fetchCard(item)).picture);
  signal?.throwIfAborted();
  if (asked.item === item) setPhoto(picture, item);
  return picture;
}

// What the server has lost, and the page can bring there again; null for what it cannot.
async function sendAgain(picture, signal) {
  const { photo, item } = asked;
  if (photo && photo.file.path === picture.path) return files.has(photo.id) ? sendPhoto(photo, signal) : null;
  return item && shownItem === item ? showItem(item, signal) : null;
}

function showItemAsPhoto(item) {
  if (asked.item !== item.id || (shownItem === item.id && shownPhoto.path === item.picture.path)) return;
  setPhoto(onServer(item.picture), item.id);
}

const onServer = (picture) => ({ ...picture, url: window.gradio_config.root + picture.url });

// The photo by a quarter to the right. Until it is turned, further presses add to it.
async function turn() {
  const { photo } = asked;
  if (!photo) return;
  const isAdded = turning.photo === photo;
  const now = { photo, quarters: isAdded ? turning.quarters + 1 : 1, isSent: false };
  // Else the turn of before could come to be asked about, and this one be dropped.
  const signal = isAdded && turning.isSent ? giveUpEarlier() : asking.signal;
  turning = now;
  const isLast = () => turning === now && !signal.aborted;
  try {
    const file = await turnedBy(now.quarters, files.get(photo.id) || await fetchPhoto(photo));
    if (!isLast()) return;
    now.isSent = true;
    const { words, where, more, less } = asked;
    await takeFile(file, { words, where, more, less });
  } catch (error) {
    if (!isLast()) return;
    const isOfServer = error instanceof Unreachable || error instanceof Lost;
    say(isOfServer ? sentenceOf(error) : "This browser cannot show the photo, so it cannot turn it. Turn it on your device.");
  } finally {
    if (turning === now) turning = NO_TURN;
  }
}
const NO_TURN = Object.freeze({ photo: null, quarters: 0, isSent: false });
let turning = NO_TURN;

async function fetchPhoto(photo) {
  const response = await sent(photo.file.url);
  if (!response.ok) throw new Lost(response.status);
  return response.blob();
}

// Drawn anew, twice as large as any encoder looks.
async function turnedBy(quarters, blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, 2048 / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((edge) => Math.max(1, Math.round(edge * scale)));
  const canvas = node("canvas", quarters % 2 ? { width: height, height: width } : { width, height });
  const pen = canvas.getContext("2d");
  // What is transparent would be black in a JPEG.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate(quarters * Math.PI / 2);
  pen.drawImage(bitmap, -width / 2, -height / 2, width, height);
  return asJpeg(canvas, "turned.jpg");
}

async function asJpeg(canvas, name) {
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
  return new File([blob], name, { type: "image/jpeg" });
}

const NOTHING_COPIED = "There is no picture in the clipboard. Copy one first.";

async function pasteFromClipboard() {
  const how = "Copy a picture, then press Ctrl+V here.";
  if (!navigator.clipboard?.read) return say(`This browser keeps the clipboard to itself. ${how}`);
  // The browser may ask first, and something else be chosen meanwhile.
  const { signal } = asking;
  try {
    const file = await copiedPicture();
    if (signal.aborted) return;
    if (!file) return say(NOTHING_COPIED);
    takeFile(file);
  } catch {
    if (!signal.aborted) say(`The browser did not let the page look into the clipboard. ${how}`);
  }
}

async function copiedPicture() {
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((name) => name.startsWith("image/"));
    if (type) return new File([await item.getType(type)], "pasted.png", { type });
  }
  return null;
}

document.addEventListener("paste", (event) => {
  const pictures = [...(event.clipboardData?.files || [])].filter(isPicture);
  if (pictures.length) {
    event.preventDefault();
    takeFirst(pictures);
  } else if (!event.target.closest?.("input, textarea")) {
    say(NOTHING_COPIED);
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
  if (event.dataTransfer.files.length) takeFirst([...event.dataTransfer.files]);
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
  const dialog = $("#camera");
  const [video, told, take] = ["video", "[role=status]", ".take"].map((part) => $(part, dialog));
  let isClosed = false;
  told.textContent = "Waiting for the camera …";
  take.disabled = true;
  dialog.onclose = () => {
    isClosed = true;
    if (video.srcObject) stopCamera(video.srcObject);
    video.srcObject = null;
  };
  // Before its first picture there is none to take.
  video.onloadeddata = () => { take.disabled = false; };
  take.onclick = () => {
    takePicture(video);
    dialog.close();
  };
  dialog.showModal();
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } } });
    // The person may have closed it before they were asked.
    if (isClosed) return stopCamera(stream);
    told.textContent = "";
    video.srcObject = stream;
  } catch (error) {
    if (!isClosed) told.textContent = whyNoCamera(error);
  }
}

const stopCamera = (stream) => stream.getTracks().forEach((track) => track.stop());

function whyNoCamera(error) {
  if (!navigator.mediaDevices) return "The camera needs an address that begins with https. Choose a photo instead.";
  if (error.name === "NotAllowedError") return "The browser did not let the page use the camera. Allow it beside the address, or choose a photo.";
  return "There is no camera that the page could use. Choose a photo instead.";
}

async function takePicture(video) {
  const { signal } = asking;
  const canvas = node("canvas", { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  const file = await asJpeg(canvas, "camera.jpg");
  if (!signal.aborted) takeFile(file);
}

function say(sentence) {
  const place = document.querySelector(".said");
  if (place) place.textContent = sentence;
}
