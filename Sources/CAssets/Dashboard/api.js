// The server's API (docs/api.md): requests, what their errors say.

/** What the server answered instead of what was asked for. Status 0: it did not answer at all. */
export class Refusal extends Error {
  constructor(status, body) {
    super(body?.message ?? "The server cannot be reached. Nothing is lost: try again.");
    this.status = status;
    /** [{code, message, path}] of a 400 that is about fields. */
    this.fields = body?.errors ?? [];
    this.requestID = body?.requestId;
  }
}

let signInAgain = null;
/** Sets what brings back a session that has ended: a function that resolves once somebody is signed in again. */
export function onSessionEnd(handler) { signInAgain = handler; }

let askPassword = null;
/** Sets what proves anew who sits here, as some requests want: a function that resolves to whether that was done. */
export function onPasswordNeeded(handler) { askPassword = handler; }

/**
 * Sends a request, with JSON if there is a body, and answers what came. When the session has ended, or the password is
 * wanted again, it is sent once more after that, so nothing typed is lost.
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Response>} a 2xx
 * @throws {Refusal}
 */
export async function ask(method, path, body = undefined, headers = {}) {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(path, {
    method, headers: { ...type, ...headers }, body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new Refusal(0); });
  if (answer.ok) return answer;
  if (answer.status === 401 && signInAgain && !path.startsWith("/api/auth/")) {
    await signInAgain();
    return ask(method, path, body, headers);
  }
  const refusal = new Refusal(answer.status, await answer.json().catch(() => null));
  const isAsked = refusal.fields.some((field) => field.code === "password_needed");
  if (isAsked && askPassword && await askPassword()) return ask(method, path, body, headers);
  throw refusal;
}

/**
 * The same for an answer that is JSON.
 * @throws {Refusal}
 */
export async function request(method, path, body = undefined) {
  return (await ask(method, path, body)).json().catch(() => null);
}

/** All rows of a list that is paged by `nextCursor`, up to `most`. */
export async function all(path, most) {
  const rows = [];
  let cursor = "";
  while (cursor !== null && rows.length < most) {
    const page = await request("GET", `${path}&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    rows.push(...page.data);
    cursor = page.nextCursor;
  }
  return rows;
}
