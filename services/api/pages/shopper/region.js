// A part of a photo: fractions of its width and height, from the top left corner.

/** Lays an element over the part, within a frame that has the photo's own shape. */
export function lay(element, { left, top, right, bottom }) {
  const share = (value) => `${(value * 100).toFixed(2)}%`;
  Object.assign(element.style, { left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });
}

/** How much of the photo the part covers, 0 to 1. */
export function area({ left, top, right, bottom }) {
  return (right - left) * (bottom - top);
}
