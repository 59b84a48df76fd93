// The page is whole without this. With it, a list can be gone through by single keys; the box in the help switches them off, and that is remembered.
(() => {
  "use strict";
  const help = document.getElementById("keyhelp"), box = document.getElementById("keys-on");
  const items = () => [...document.querySelectorAll("[data-keys] [data-item]")];
  if (!help) return;
  help.hidden = false;
  try { box.checked = localStorage.getItem("keys") !== "off"; } catch { /* Nothing can be remembered here. */ }
  box.addEventListener("change", () => { try { localStorage.setItem("keys", box.checked ? "on" : "off"); } catch { /* As above. */ } });

  const move = step => {
    const all = items(), at = all.findIndex(i => i.contains(document.activeElement));
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const press = key => {
    const item = items().find(i => i.contains(document.activeElement)), button = item && (item.querySelector(`[data-key="${key}"]`) || item.closest("section").querySelector(`[data-key="${key}"]`));
    if (button) button.form.requestSubmit(button);
  };

  addEventListener("keydown", e => {
    if (!box.checked || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=checkbox]),select,textarea")) return;
    if (e.key === "j") move(1);
    else if (e.key === "k") move(-1);
    else if (e.key === "a" || e.key === "i") press(e.key);
    else if (e.key === "?") help.open = !help.open;
    else return;
    e.preventDefault();
  });
})();
