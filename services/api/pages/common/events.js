// Server-sent events out of an answer's body (https://html.spec.whatwg.org/multipage/server-sent-events.html):
// EventSource itself can neither POST nor bear a token.

/** The events of a stream of bytes, each as `{ name, data }`, `data` read as JSON. */
export async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      rest += value;
      // A CR at the end may be the first half of a CR LF.
      const ready = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
      const blocks = ready.split(/\r\n\r\n|\n\n|\r\r/);
      rest = blocks.pop() + rest.slice(ready.length);
      for (const block of blocks) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function eventOf(block) {
  let name = 'message';
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? null : { name, data: JSON.parse(data.join('\n')) };
}
