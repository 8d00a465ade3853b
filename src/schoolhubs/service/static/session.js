// Warns before idleness ends the session, and keeps it where somebody says that they are here.
const bar = document.getElementById("session");
const button = bar.querySelector("button");
const words = (when) => bar.querySelector(`[data-when="${when}"]`);
let since = Date.now();
let isAsking = false;
async function isKept() {
  const answer = await fetch(bar.dataset.ask);
  await answer.text();
  return answer.ok && !answer.redirected;
}
function begin() { since = Date.now(); bar.hidden = true; }
function end() {
  words("soon").hidden = button.hidden = true;
  words("over").hidden = bar.hidden = false;
  clearInterval(timer);
}
async function look() {
  const seconds = (Date.now() - since) / 1000;
  if (seconds > Number(bar.dataset.over) + 5) {
    // Another page may have been opened beside this one: only the service knows.
    if (isAsking) { return; }
    isAsking = true;
    try { if (await isKept()) { begin(); } else { end(); } } finally { isAsking = false; }
  } else if (seconds > Number(bar.dataset.warn)) { bar.hidden = false; }
}
button.addEventListener("click", () => isKept().then((kept) => { if (kept) { begin(); } else { end(); } }));
const timer = setInterval(() => look().catch(() => {}), 1000);
