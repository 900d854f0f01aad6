// The visitor's way in: as a guest without being asked, or with a token that the shop gave out.

import { enterAsGuest, signIn } from '../common/session.js';
import { settings } from '../common/settings.js';

let entering = null;

/** Whether this shop lets in whoever comes. */
export async function isOpen() {
  return (await settings()).sign_in.includes('shopper');
}

/** Asks for a token at `place`, and resolves once there is a good one. */
export async function askIn(place) {
  await signIn({ role: 'shopper', place, probe: '/v1/catalog/products?limit=1' });
  entering = Promise.resolve();
}

/** Resolves once the visitor is in; where that failed, the next call tries again. */
export function entered() {
  entering ??= enterAsGuest('shopper').catch((error) => {
    entering = null;
    throw error;
  });
  return entering;
}
