// The public API, as any other client sees it (`/openapi.json`).

import { eventsOf } from './events.js';

/** An answer that is an error, as `application/problem+json` tells it, or no answer at all. */
export class Problem extends Error {
  /** `code` is the service's own, or `unreachable` where nothing answered. */
  constructor({ code, status = 0, title = '', detail = '', errors = [], retryAfter = null, requestId = null }) {
    super(detail || title || code);
    Object.assign(this, { code, status, title, detail, errors, retryAfter, requestId });
  }
}

let bearer = null;
let refused = null;

/** Sends this token from now on; null sends none. */
export function useToken(token) {
  bearer = token;
}

/** Asks once for another token where one is refused (401): `renew` gives it, or null. */
export function onRefused(renew) {
  refused = renew;
}

/**
 * Sends a request and gives its answer, a `Response` that is no error.
 * `json` is sent as JSON; else `body` as it is, with `type` as its content type.
 */
export async function request(method, path, options = {}) {
  const answer = await send(method, path, options);
  if (answer.ok) return answer;
  const problem = await problemOf(answer);
  if (problem.status === 401 && refused !== null && !options.isLast) {
    const token = await refused(problem);
    if (token) {
      bearer = token;
      return request(method, path, { ...options, isLast: true });
    }
  }
  throw problem;
}

async function send(method, path, { json, body, type, accept = 'application/json', headers = {}, signal }) {
  const sent = { Accept: accept, ...headers };
  if (bearer !== null) sent.Authorization = `Bearer ${bearer}`;
  if (json !== undefined) sent['Content-Type'] = type ?? 'application/json';
  else if (type) sent['Content-Type'] = type;
  try {
    return await fetch(path, { method, headers: sent, body: json === undefined ? body : JSON.stringify(json), signal, credentials: 'omit' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({ code: 'unreachable' });
  }
}

async function problemOf(answer) {
  const retry = Number(answer.headers.get('Retry-After'));
  const known = { status: answer.status, retryAfter: retry > 0 ? retry : null, requestId: answer.headers.get('Request-Id') };
  const body = await answer.json().catch(() => ({}));
  return new Problem({ code: 'internal', ...body, ...known });
}

/** The JSON body of an answer; null where it has none. */
export async function ask(method, path, options) {
  const answer = await request(method, path, options);
  return answer.status === 204 ? null : answer.json();
}

export const get = (path, options) => ask('GET', path, options);
export const post = (path, json, options) => ask('POST', path, { json, ...options });
export const put = (path, json, options) => ask('PUT', path, { json, ...options });
export const patch = (path, json, options) => ask('PATCH', path, { json, ...options });
export const remove = (path, options) => ask('DELETE', path, options);

/**
 * Sends a request that is answered by server-sent events and gives them as `{ name, data }`. An
 * event whose name ends in `.failed` is thrown as the `Problem` that it tells; a stream that ends
 * before an event of `last` is thrown as `unreachable`.
 */
export async function* events(path, options, last) {
  const answer = await request('POST', path, { ...options, accept: 'text/event-stream' });
  for await (const event of eventsOf(answer.body)) {
    if (event.name.endsWith('.failed')) throw new Problem(event.data);
    yield event;
    if (event.name === last) return;
  }
  throw new Problem({ code: 'unreachable' });
}

/** A path with these query parameters; those that are null, undefined or empty are left out. */
export function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}
