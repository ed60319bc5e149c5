// Runs beside an archived page, whose own scripts do not. It scrolls to a block and tells which one was clicked.
(() => {
  "use strict";
  const NAME = "data-block", SHOWN = "data-block-shown";
  const marked = number => document.querySelector(`[${NAME}="${number}"]`);
  const tell = (kind, block) => parent.postMessage({ kind, block }, "*");
  const mark = element => {
    document.querySelectorAll(`[${SHOWN}]`).forEach(other => other.removeAttribute(SHOWN));
    if (element) element.setAttribute(SHOWN, "");
  };
  addEventListener("message", event => {
    if (event.source !== parent || !Number.isInteger(event.data?.show)) return;
    const element = marked(event.data.show);
    mark(element);
    if (!element || !element.getClientRects().length) return tell("missing", event.data.show);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    tell("shown", event.data.show);
  });
  addEventListener("click", event => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const element = event.target instanceof Element ? event.target.closest(`[${NAME}]`) : null;
    if (!element) return;
    mark(element);
    tell("chosen", Number(element.getAttribute(NAME)));
  }, true);
  for (const kind of ["auxclick", "submit", "dragstart"])
    addEventListener(kind, event => event.preventDefault(), true);
  addEventListener("DOMContentLoaded", () => tell("ready", 0));
})();
