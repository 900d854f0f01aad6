// What this service's pages are set to.

let asked = null;

/**
 * `sign_in`: the roles that anybody may sign in as here; `pictures`: addresses of pictures that
 * begin with a key are had at its value instead.
 */
export function settings() {
  asked ??= fetch('/pages/settings.json').then((answer) => {
    if (!answer.ok) throw new Error(`/pages/settings.json: ${answer.status}`);
    return answer.json();
  });
  return asked;
}
