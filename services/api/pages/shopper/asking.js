// Asks the service about a photo, a part of it, or again about what it saw in it.

import { events } from '../common/api.js';
import { languageNow } from '../common/words.js';
import { visitor } from './measuring.js';
import { entered } from './visit.js';

const LAST = 'look.completed';

/**
 * The events of a look at a photo. A photo that the service still keeps is not sent again; one
 * that it keeps no more is, without anybody being asked.
 */
export async function* looked(photo, conditions, signal) {
  await entered();
  const wanted = { ...conditions, locale: languageNow(), visitor_id: visitor };
  if (photo.id) {
    try {
      yield* events('/v1/looks', { json: { photo: { id: photo.id }, ...wanted }, signal }, LAST);
      return;
    } catch (error) {
      if (error.code !== 'photo_unknown') throw error;
    }
  }
  yield* events('/v1/looks', { body: form(photo, wanted), signal }, LAST);
}

/**
 * The events of an answered look under other conditions; where the service has forgotten it, of a
 * look at `region` of its photo under the same.
 */
export async function* refined(look, photo, { garment_ids, ...conditions }, region, signal) {
  await entered();
  const json = { ...conditions, garment_ids, locale: languageNow(), visitor_id: visitor };
  try {
    yield* events(`/v1/looks/${look}/refinements`, { json, signal }, LAST);
    return;
  } catch (error) {
    if (error.code !== 'look_unknown') throw error;
  }
  yield* looked(photo, { ...conditions, region }, signal);
}

function form(photo, fields) {
  const body = new FormData();
  body.set('photo', photo.blob, 'photo');
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) body.set(name, typeof value === 'object' ? JSON.stringify(value) : value);
  }
  return body;
}
