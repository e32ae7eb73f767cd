/** The gateway's HTTP API (OpenAPI at SERVER/docs). Every failure is an ApiError. */

const REQUEST_SECONDS = 20;
const UPLOAD_SECONDS = 180;

/** `status` is 0 when no answer came. `retryAfterSeconds` is what a 429 or 503 asked for, or null. */
export class ApiError extends Error {
  constructor(status, code, message, retryAfterSeconds = null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** True when the same request may succeed later. */
  get isTemporary() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** True when the token opens nothing (any more). */
  get isSessionLost() {
    return this.status === 401 || this.code === "conversation_missing";
  }
}

export class Api {
  /** Called with (old token, new token, its end) when the gateway replaces a token that is close to its end. */
  renewed = () => {};
  #server;

  /** @param {string} server the gateway's origin, without a slash at the end */
  constructor(server) {
    this.#server = server;
  }

  /** The address of the WebSocket, which sends what comes after message number `after`. */
  socketUrl(after) {
    return `${this.#server.replace(/^http/, "ws")}/api/v1/ws?after=${after}`;
  }

  createSession(locale) {
    return this.#json("POST", "/api/v1/sessions", { body: { locale } });
  }

  /** The messages after number `after`; waits up to `waitSeconds` for the first one. */
  messages(token, after, { waitSeconds = 0, signal } = {}) {
    const path = `/api/v1/messages?after=${after}&wait_seconds=${waitSeconds}`;
    return this.#json("GET", path, { token, signal, seconds: waitSeconds + REQUEST_SECONDS });
  }

  send(token, draft) {
    return this.#json("POST", "/api/v1/messages", { token, body: draft });
  }

  upload(token, file, signal) {
    const form = new FormData();
    form.append("file", file, file.name);
    return this.#json("POST", "/api/v1/files", { token, form, signal, seconds: UPLOAD_SECONDS });
  }

  async download(token, id) {
    const answer = await this.#call("GET", `/api/v1/files/${encodeURIComponent(id)}`, {
      token,
      seconds: UPLOAD_SECONDS,
    });
    return answer.blob();
  }

  async #json(method, path, options) {
    const answer = await this.#call(method, path, options);
    try {
      return await answer.json();
    } catch (error) {
      throw new ApiError(0, "bad_answer", String(error));
    }
  }

  async #call(method, path, { token, body, form, signal, seconds = REQUEST_SECONDS }) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, seconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const answer = await fetch(this.#server + path, {
        method,
        headers,
        body: form ?? (body && JSON.stringify(body)),
        signal: limit.signal,
        credentials: "omit",
        cache: "no-store",
      });
      const next = answer.headers.get("X-Session-Token");
      if (token && next) this.renewed(token, next, answer.headers.get("X-Session-Expires-At"));
      if (answer.ok) return answer;
      throw await refusal(answer);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(0, "network", String(error));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

async function refusal(answer) {
  const told = await answer.json().catch(() => null);
  const wait = Number.parseFloat(answer.headers.get("Retry-After") ?? "");
  return new ApiError(
    answer.status,
    told?.error?.code ?? `http_${answer.status}`,
    told?.error?.message ?? answer.statusText,
    Number.isFinite(wait) ? wait : null,
  );
}
