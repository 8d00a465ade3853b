// Warns before a session ends, and keeps it where somebody says that they are here.
const bar = document.getElementById("session");
const button = bar.querySelector("button");
const words = (when, of = bar) => of.querySelector(`[data-when="${when}"]`);
const AGAIN_SECONDS = 30;
let since = Date.now();
let notBefore = 0;
let isAsking = false;
function end() {
  words("soon").hidden = words("unknown").hidden = button.hidden = true;
  words("over").hidden = bar.hidden = false;
  clearInterval(timer);
}
// Another page may have been opened beside this one: only the service knows how long is left.
// What is asked with "by-itself" keeps no session; without, somebody said that they are here.
async function ask(address) {
  isAsking = true;
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("session");
    if (answer.redirected) { end(); } else if (answer.ok && fresh) { begin(fresh); } else { miss(); }
  } catch { miss(); } finally { isAsking = false; }
}
function begin(fresh) {
  since = Date.now();
  Object.assign(bar.dataset, fresh.dataset);
  words("soon").replaceWith(words("soon", fresh));
  button.hidden = fresh.querySelector("button").hidden;
  words("unknown").hidden = true;
  bar.hidden = Number(bar.dataset.warn) > 0;
}
function miss() {
  notBefore = Date.now() + AGAIN_SECONDS * 1000;
  words("unknown").hidden = bar.hidden = false;
}
function look() {
  const seconds = (Date.now() - since) / 1000;
  const isNear = seconds > Number(bar.dataset.warn) && bar.hidden;
  const isOver = seconds > Number(bar.dataset.over) + 5;
  const isUnknown = !words("unknown").hidden;
  if (isAsking || Date.now() < notBefore) { return; }
  if (isNear || isOver || isUnknown) { ask(`${bar.dataset.ask}?by-itself=yes`); }
}
button.addEventListener("click", () => ask(bar.dataset.ask));
const timer = setInterval(look, 1000);
