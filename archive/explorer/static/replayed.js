// Runs before all else of an archived page whose own scripts run. It scrolls to a block and tells which was clicked.
// A page may change while it is looked at, so that each place is looked for when it is asked for.
(() => {
  "use strict";
  if (parent === self || parent !== top) return;
  const SHOWN = "data-block-shown", LEAST = 12;
  const source = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "source").get;
  const tell = (kind, block) => parent.postMessage({ kind, block }, "*");
  const bare = node => node.textContent.replace(/[\s\u00ad\u200b\u2060\ufeff]+/g, "");
  let places = [];

  const at = xpath => {
    try {
      return document.evaluate(xpath, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue;
    } catch { return null; }
  };
  const stands = (node, text) => node && bare(node).includes(text);
  // Scripts move what they build on: then the innermost element with the text.
  const anywhere = text => {
    if (text.length < LEAST || !stands(document.body, text)) return null;
    let found = document.body;
    for (let inner = found; inner; inner = [...found.children].find(child => stands(child, text))) found = inner;
    return found === document.body ? null : found;
  };
  const exact = place => {
    const node = place.xpath && at(place.xpath);
    return stands(node, place.text) ? node : null;
  };

  const rectangle = node => {
    const range = document.createRange();
    range.selectNode(node);
    return range.getBoundingClientRect();
  };
  const mark = node => {
    document.querySelectorAll(`[${SHOWN}]`).forEach(other => other.removeAttribute(SHOWN));
    CSS.highlights?.delete(SHOWN);
    if (node?.nodeType === Node.ELEMENT_NODE) node.setAttribute(SHOWN, "");
    else if (node && CSS.highlights) {
      const range = document.createRange();
      range.selectNodeContents(node);
      CSS.highlights.set(SHOWN, new Highlight(range));
    }
  };
  const show = number => {
    const place = places[number];
    const node = place && (exact(place) || anywhere(place.text));
    mark(node);
    const drawn = node && rectangle(node);
    if (!drawn || !(drawn.width || drawn.height)) return tell("missing", number);
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).scrollIntoView({ block: "center", behavior });
    tell("shown", number);
  };

  const clicked = event => {
    const places_of = new Map(places.map((place, number) => [exact(place), number]).reverse());
    const text = document.caretRangeFromPoint?.(event.clientX, event.clientY)?.startContainer;
    const target = event.composedPath()[0];
    for (let node = text && text.parentNode === target ? text : target; node; node = node.parentNode)
      if (places_of.has(node)) return [node, places_of.get(node)];
    for (let node = target; node && node !== document.body && node.textContent.length < 5000; node = node.parentNode) {
      const number = places.findIndex(place => place.text.length >= LEAST && stands(node, place.text));
      if (number >= 0) return [node, number];
    }
    return null;
  };

  addEventListener("message", event => {
    if (source.call(event) !== parent) return;
    if (Array.isArray(event.data?.places)) places = event.data.places;
    if (Number.isInteger(event.data?.show)) show(event.data.show);
  });
  addEventListener("click", event => {
    // What the page does at a click it does, but it leads away nowhere.
    const link = event.composedPath().find(each => each.localName === "a" && each.hasAttribute("href"));
    if (link && !link.getAttribute("href").startsWith("#")) event.preventDefault();
    const found = clicked(event);
    if (!found) return;
    mark(found[0]);
    tell("chosen", found[1]);
  }, true);
  addEventListener("DOMContentLoaded", () => tell("ready", 0));
})();
