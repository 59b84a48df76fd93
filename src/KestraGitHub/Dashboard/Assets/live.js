// The page is whole without this. With it, a run that has not ended is followed: when the stream says that something is new,
// the page is asked for again and its parts are put in place of the old ones. So all text is escaped in one place, on the server.
(() => {
  "use strict";
  const head = document.querySelector("[data-live]");
  if (!head || !window.EventSource) return;
  const parts = ["live-head", "live-steps", "live-facts", "live-changes", "live-count"];
  let wanted = false, busy = false, over = false;

  const put = fresh => {
    const focused = document.activeElement && document.activeElement.id;
    // What somebody is typing stays.
    const typed = [...document.querySelectorAll("input[id]:not([type=hidden])")].map(field => [field.id, field.value]);
    for (const id of parts) {
      const old = document.getElementById(id), now = fresh.getElementById(id);
      if (old && now && old.innerHTML !== now.innerHTML) old.replaceChildren(...document.importNode(now, true).childNodes);
    }
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (field && field.value !== value) field.value = value;
    }
    const log = document.getElementById("log");
    const newest = log.lastElementChild ? Number(log.lastElementChild.dataset.seq) : 0;
    for (const line of fresh.querySelectorAll("#log > li"))
      if (Number(line.dataset.seq) > newest) log.append(document.importNode(line, true));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  };

  const look = async () => {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok && !answer.redirected) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch { /* The stream reconnects, and then asks again. */ }
      if (!over) await new Promise(done => setTimeout(done, 500));
    }
    busy = false;
  };

  const stream = new EventSource(head.dataset.live + "?after=" + head.dataset.after);
  for (const kind of ["line", "state"]) stream.addEventListener(kind, look);
  stream.addEventListener("end", () => { over = true; stream.close(); look(); });
  addEventListener("pagehide", () => stream.close());
})();
