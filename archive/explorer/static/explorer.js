// An article: a block and its place in the page find each other. All else are links and forms.
(() => {
  "use strict";
  const frame = document.getElementById("page");
  const blocks = () => [...document.querySelectorAll("#blocks .block")];
  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  // What a page as it was captured finds blocks by; one without scripts has them marked.
  const places = JSON.parse(frame?.dataset.places ?? "null");
  let chosen = -1;

  const number = () => {
    blocks().forEach((block, at) => {
      block.dataset.block = at;
      block.tabIndex = at === Math.max(chosen, 0) ? 0 : -1;
    });
    choose(chosen, false);
  };

  const choose = (at, is_ours) => {
    const all = blocks();
    all.forEach((block, each) => block.classList.toggle("is-chosen", each === at));
    if (at < 0 || (all.length && at >= all.length)) return;
    chosen = at;
    all.forEach((block, each) => { block.tabIndex = each === at ? 0 : -1; });
    if (!is_ours && all[at]) all[at].scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    const here = document.getElementById("blocks")?.dataset.here;
    const off = document.getElementById("blocks")?.dataset.off ?? "";
    if (here) htmx.ajax("GET", `${here}/block/${at}${off}`, { target: "#chosen", swap: "innerHTML" });
  };

  const show = at => {
    choose(at, true);
    frame?.contentWindow?.postMessage({ show: at }, "*");
  };

  const turned = address => {
    document.querySelectorAll(".story-pages a").forEach(link => {
      if (link.href === address) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  };

  addEventListener("message", event => {
    if (!frame || event.source !== frame.contentWindow || !Number.isInteger(event.data?.block)) return;
    const { kind, block } = event.data;
    // A page whose scripts run may say what it likes; only where the person is in it can that be a click.
    if (kind === "chosen" && document.activeElement === frame) choose(block, false);
    if (kind === "ready" && places) frame.contentWindow.postMessage({ places }, "*");
    if (kind === "ready" && chosen >= 0) frame.contentWindow.postMessage({ show: chosen }, "*");
    if (kind === "missing") document.getElementById("side").classList.add("is-unshown");
    if (kind === "shown") document.getElementById("side").classList.remove("is-unshown");
  });

  addEventListener("click", event => {
    const place = event.target.closest?.("[data-show]");
    if (place) return frame.contentWindow.postMessage({ show: Number(place.dataset.show) }, "*");
    // A page of a story, which the frame loads; once it is there, its script says so, and the block is marked.
    const page = event.target.closest?.("a[target=page]");
    if (page) return turned(page.href);
    const block = event.target.closest?.("#blocks .block");
    if (!block) return;
    if (event.target.closest("a") && !event.ctrlKey && !event.metaKey) event.preventDefault();
    show(Number(block.dataset.block));
  });

  addEventListener("keydown", event => {
    const block = event.target.closest?.("#blocks .block");
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 0, " ": 0 }[event.key];
    if (!block || step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const next = blocks()[Number(block.dataset.block) + step];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    show(Number(next.dataset.block));
  });

  document.addEventListener("htmx:afterSettle", event => {
    if (event.target.id === "side") number();
  });
  const asked = /^#b(\d+)$/.exec(location.hash);
  if (asked) chosen = Number(asked[1]);
  if (frame) number();
  // It may have been ready before we were.
  if (places) frame.contentWindow.postMessage({ places }, "*");
  if (chosen >= 0) frame?.contentWindow?.postMessage({ show: chosen }, "*");
})();
