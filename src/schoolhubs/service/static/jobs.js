// Renews the part of the page that tells how far the work is, without loading the page anew.
// Asked by itself, it does not keep a session: a page left open is nobody at work.
const SECONDS = 2;
async function renew() {
  const answer = await fetch(`${location.pathname}?by-itself=yes`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) { location.reload(); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("job");
  if (!fresh) { location.reload(); return; }
  // Where there is more to do once the work is over, such as a choice, the whole page is wanted.
  if (fresh.dataset.finished === "yes" && "goesOn" in fresh.dataset) { location.reload(); return; }
  const shown = document.getElementById("job");
  if (fresh.innerHTML !== shown.innerHTML) { shown.innerHTML = fresh.innerHTML; }
  document.title = page.title;
  if (fresh.dataset.finished === "no") { again(); }
}
function again() { setTimeout(() => renew().catch(again), SECONDS * 1000); }
again();
