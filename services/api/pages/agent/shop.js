// What of the shop the search for products offers to choose from.

import { post } from '../common/api.js';

let asked = null;

/** `{ currency, sizes }`: what prices are in, and the commonest sizes. */
export function shop() {
  asked ??= post('/v1/search', { limit: 1, facets: ['size'] }).then(({ products, facets }) => ({
    currency: products[0]?.price.currency ?? 'EUR',
    sizes: facets.flatMap(({ values }) => values.map(({ value }) => value)),
  })).catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}
