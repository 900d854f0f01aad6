// Modules of the pages that need no page, at their edges.

import assert from 'node:assert/strict';

const [, , common] = process.argv;
const { eventsOf } = await import(`${common}/events.js`);
const { majorUnits, minorUnits } = await import(`${common}/format.js`);

async function heard(pieces) {
  const bytes = pieces.map((piece) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece));
  const body = new ReadableStream({ start(to) { bytes.forEach((piece) => to.enqueue(piece)); to.close(); } });
  const events = [];
  for await (const event of eventsOf(body)) events.push(event);
  return events;
}

const one = { name: 'look.created', data: { id: 1 } };
assert.deepEqual(await heard(['event: look.created\ndata: {"id": 1}\n\n']), [one], 'a whole event');
assert.deepEqual(await heard([...'event: look.created\ndata: {"id": 1}\n\n']), [one], 'letter by letter');
assert.deepEqual(await heard(['event: look.created\r\ndata: {"id": 1}\r', '\n\r\n']), [one], 'a line end in two pieces');
assert.deepEqual(await heard([': still here\n\n', 'data: 2\n\n']), [{ name: 'message', data: 2 }], 'a comment is no event');
assert.deepEqual(await heard(['data: [1,\ndata: 2]\n\n']), [{ name: 'message', data: [1, 2] }], 'data of two lines');
assert.deepEqual(await heard(['data: 1\n\ndata: 2']), [{ name: 'message', data: 1 }], 'what is cut off is no event');
const umlaut = new TextEncoder().encode('data: "ü"\n\n');
assert.deepEqual(await heard([umlaut.slice(0, 8), umlaut.slice(8)]), [{ name: 'message', data: 'ü' }], 'a letter in two pieces');

for (const [text, currency, units] of [['49.90', 'EUR', 4990], ['49,9', 'EUR', 4990], [' 5 ', 'EUR', 500], ['1200', 'JPY', 1200], ['0.1', 'EUR', 10], ['', 'EUR', null], ['a lot', 'EUR', null], ['-1', 'EUR', null], ['1.2.3', 'EUR', null]]) {
  assert.equal(minorUnits(text, currency), units, `${text} ${currency}`);
}
for (const [amount, currency, text] of [[4990, 'EUR', '49.90'], [5, 'EUR', '0.05'], [1200, 'JPY', '1200']]) {
  assert.equal(majorUnits({ amount, currency }), text);
}
