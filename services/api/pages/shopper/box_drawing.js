// Marking a part of the photo: drawn with a pointer, or moved and stretched with the arrow keys.

import { attribute, h } from '../common/dom.js';
import { number } from '../common/format.js';
import { say } from '../common/words.js';
import { lay } from './region.js';

const SMALLEST = 0.06;
const STEP = 0.02;
const CORNERS = ['left top', 'right top', 'left bottom', 'right bottom'];

/** Lets a box be drawn over `frame`, and gives it to `done`; null where it is given up. */
export function drawBox(frame, done) {
  let region = { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75 };
  const box = h('div', { class: 'drawn', tabindex: '0', role: 'application', 'aria-describedby': 'drawing-how', on: { keydown } },
    CORNERS.map((corner) => h('span', { class: 'corner', data: { corner } })));
  const layer = h('div', { class: 'drawing', on: { pointerdown } }, box);
  const bar = h('div', { class: 'drawing-bar row' },
    h('p', { id: 'drawing-how', class: 'hint' }, say('shopper.mark.how')),
    h('button', { type: 'button', class: 'primary small', on: { click: () => end(region) } }, say('shopper.mark.look')),
    h('button', { type: 'button', class: 'small', on: { click: () => end(null) } }, say('common.cancel')));

  function set(next) {
    region = next;
    lay(box, region);
    const share = (value) => number(value, { style: 'percent', maximumFractionDigits: 0 });
    attribute(box, 'aria-label', say('shopper.mark.box', {
      left: share(region.left), top: share(region.top), width: share(region.right - region.left), height: share(region.bottom - region.top),
    }));
  }

  function end(result) {
    layer.remove();
    bar.remove();
    done(result);
  }

  function keydown(event) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === 'Enter') end(region);
    else if (event.key === 'Escape') end(null);
    else if (x === 0 && y === 0) return;
    else set(event.shiftKey ? stretched(region, x * STEP, y * STEP) : moved(region, x * STEP, y * STEP));
    event.preventDefault();
  }

  function pointerdown(event) {
    const from = at(event);
    const before = region;
    const corner = event.target.dataset?.corner;
    const change = corner ? (to) => between(opposite(before, corner), to)
      : event.target === box ? (to) => moved(before, to.x - from.x, to.y - from.y)
        : (to) => between(from, to);
    const pointermove = (move) => set(change(at(move)));
    layer.setPointerCapture(event.pointerId);
    layer.addEventListener('pointermove', pointermove);
    layer.addEventListener('lostpointercapture', () => layer.removeEventListener('pointermove', pointermove), { once: true });
    event.preventDefault();
    box.focus();
  }

  function at(event) {
    const { left, top, width, height } = frame.getBoundingClientRect();
    return { x: within((event.clientX - left) / width), y: within((event.clientY - top) / height) };
  }

  frame.append(layer);
  frame.after(bar);
  set(region);
  box.focus();
}

const within = (value, most = 1) => Math.min(most, Math.max(0, value));

function moved({ left, top, right, bottom }, x, y) {
  const [width, height] = [right - left, bottom - top];
  const [newLeft, newTop] = [within(left + x, 1 - width), within(top + y, 1 - height)];
  return { left: newLeft, top: newTop, right: newLeft + width, bottom: newTop + height };
}

function stretched(region, x, y) {
  return { ...region, right: Math.max(region.left + SMALLEST, within(region.right + x)), bottom: Math.max(region.top + SMALLEST, within(region.bottom + y)) };
}

/** The box that two corners span, at least as large as can be looked at. */
function between(a, b) {
  const [left, top] = [Math.min(a.x, b.x, 1 - SMALLEST), Math.min(a.y, b.y, 1 - SMALLEST)];
  return { left, top, right: Math.max(a.x, b.x, left + SMALLEST), bottom: Math.max(a.y, b.y, top + SMALLEST) };
}

function opposite(region, corner) {
  return { x: region[corner.includes('left') ? 'right' : 'left'], y: region[corner.includes('top') ? 'bottom' : 'top'] };
}
