// What a rule changes in a list of products.

/**
 * The products after, each with its `change` (`new`, `up`, `down` with how far in `by`, or null),
 * and behind them those that are `gone`.
 */
export function compared(before, after) {
  const places = new Map(before.map(({ product_id: id }, at) => [id, at]));
  const here = new Set(after.map(({ product_id: id }) => id));
  const lines = after.map((product, at) => ({ product, ...moved(places.get(product.product_id), at) }));
  const gone = before.filter(({ product_id: id }) => !here.has(id)).map((product) => ({ product, change: 'gone' }));
  return [...lines, ...gone];
}

function moved(before, now) {
  if (before === undefined) return { change: 'new' };
  if (before === now) return { change: null };
  return before > now ? { change: 'up', by: before - now } : { change: 'down', by: now - before };
}
