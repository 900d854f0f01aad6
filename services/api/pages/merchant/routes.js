// Addresses within the page: `#products/blazer-blue-01`, `#products?lacks=gtin`.

const FIRST = 'health';

/** What an address names: the view, the parts of the path after it, and the query. */
export function routeOf(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split('?');
  const [view, ...parts] = path.split('/').filter((part) => part !== '').map(decoded);
  return { view: view ?? FIRST, parts, query: new URLSearchParams(query) };
}

/** The address of a view, of something in it, under some filters. */
export function address(view, parts = [], query = {}) {
  const path = [view, ...parts.map(encodeURIComponent)].join('/');
  const search = new URLSearchParams(query);
  return search.size === 0 ? `#${path}` : `#${path}?${search}`;
}

/** An address with the page's own path: navigation that is a hash alone would be taken for links within a view. */
export function pageAddress(hash) {
  return location.pathname + hash;
}

/** The same address with other filters, without a step in the history or showing the view anew. */
export function replaceQuery(query) {
  const { view, parts } = routeOf(location.hash);
  history.replaceState(null, '', address(view, parts, query));
}

/** Goes to an address; where it is the one that is shown, shows it anew. */
export function go(hash) {
  if (location.hash === hash) dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = hash;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
