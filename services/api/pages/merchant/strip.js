// Strips of links that are wider than a phone.

/** Scrolls a strip so that one of its links stands in the middle, the page staying where it is. */
export function centre(strip, link) {
  strip.scrollLeft = link.offsetLeft - strip.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
}
