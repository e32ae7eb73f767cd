/**
 * The customer's messages until the gateway has committed them: sent in order, kept over a reload, tried again with
 * the same client_id (the gateway takes the same one twice for one message), and shown with their state.
 */
import { backoffMs, Pause } from "./backoff.js";

const SERVER_TRIES = 4; // answers of 500 and above before the customer is asked; a missing answer is tried for ever
const STALE_MS = 15 * 60_000; // an older message is not sent behind the customer's back after a reload

/**
 * @typedef {object} Entry
 * @property {string} clientId
 * @property {string} text what is shown
 * @property {string|null} payload a quick reply's
 * @property {File[]} files not uploaded yet
 * @property {{id, name, content_type, size}[]} attachments uploaded
 * @property {number} createdAt milliseconds since 1970
 * @property {"sending"|"queued"|"sent"|"failed"} state
 * @property {string|null} code why it failed
 */

export class Outbox {
  /** @type {Entry[]} in the order of writing */
  entries = [];
  #api;
  #session;
  #storage;
  #events;
  #pause = new Pause();
  #busy = false;

  /** @param events {changed(), accepted(entry, answer), failed(entry), sessionLost(token)} */
  constructor(api, session, storage, events) {
    this.#api = api;
    this.#session = session;
    this.#storage = storage;
    this.#events = events;
  }

  /** Takes up what an earlier page left unsent. */
  restore() {
    const stored = this.#storage
      .names("outbox:")
      .map((name) => this.#storage.get(name))
      .filter((it) => it?.clientId);
    stored.sort((a, b) => a.createdAt - b.createdAt);
    for (const entry of stored) {
      const stale = Date.now() - entry.createdAt > STALE_MS;
      const code = entry.code ?? (stale ? "stale" : null);
      this.entries.push({ ...entry, files: [], state: code ? "failed" : "queued", code });
    }
    this.#flush();
  }

  /** @returns {Entry} */
  add({ text = "", payload = null, files = [] }) {
    const entry = {
      clientId: newId(),
      text,
      payload,
      files,
      attachments: [],
      createdAt: Date.now(),
      state: "sending",
      code: null,
    };
    this.entries.push(entry);
    this.#keep(entry);
    this.#events.changed();
    this.#flush();
    return entry;
  }

  retry(clientId) {
    const entry = this.#find(clientId);
    if (entry?.state !== "failed") return;
    Object.assign(entry, { state: "sending", code: null });
    this.#keep(entry);
    this.#events.changed();
    this.#flush();
  }

  /** Takes an entry out: its message came back with a number, or the customer gave it up. */
  remove(clientId) {
    const entry = this.#find(clientId);
    if (!entry) return;
    this.entries = this.entries.filter((it) => it !== entry);
    this.#storage.remove(`outbox:${clientId}`);
    this.#events.changed();
  }

  /** Forgets all unsent messages on this device. */
  clear() {
    for (const name of this.#storage.names("outbox:")) this.#storage.remove(name);
    this.drop();
  }

  /** Forgets them on this page: another tab ended their conversation. */
  drop() {
    this.entries = [];
    this.#pause.wake();
  }

  /** Tries again now. */
  wake() {
    this.#pause.wake();
  }

  async #flush() {
    if (this.#busy) return;
    this.#busy = true;
    let tries = 0;
    try {
      for (let entry = this.#next(); entry; entry = this.#next()) {
        try {
          this.#mark(entry, "sending");
          await this.#deliver(entry);
          tries = 0;
        } catch (error) {
          tries += 1;
          await this.#recover(entry, error, tries);
          if (entry.state === "failed") tries = 0;
        }
      }
    } finally {
      this.#busy = false;
    }
  }

  async #deliver(entry) {
    const { token } = await this.#session.ensure();
    const isCleared = () => !this.entries.includes(entry); // a new conversation began meanwhile
    if (isCleared()) return;
    while (entry.files.length > 0) {
      const answer = await this.#withToken(token, this.#api.upload(token, entry.files[0]));
      const { attachment_id: id, name, content_type, size } = answer;
      entry.files.shift();
      entry.attachments.push({ id, name, content_type, size });
      this.#keep(entry);
      if (isCleared()) return;
    }
    const draft = { client_id: entry.clientId };
    if (entry.payload)
      draft.payload = entry.payload; // alone: the gateway knows the title that it offered
    else if (entry.text) draft.text = entry.text;
    if (entry.attachments.length > 0) draft.attachment_ids = entry.attachments.map((it) => it.id);
    const answer = await this.#withToken(token, this.#api.send(token, draft));
    this.#storage.remove(`outbox:${entry.clientId}`);
    this.#mark(entry, "sent");
    this.#events.accepted(entry, answer);
  }

  /** Waits for a better moment, or gives the entry up until the customer asks again. */
  async #recover(entry, error, tries) {
    if (!("isTemporary" in error)) throw error;
    if (error.isSessionLost) this.#events.sessionLost(error.token);
    const hopeless = !error.isTemporary && !error.isSessionLost;
    if (hopeless || (error.status >= 500 && tries >= SERVER_TRIES) || (error.isSessionLost && tries > 2)) {
      entry.code = error.code;
      this.#mark(entry, "failed");
      this.#keep(entry);
      this.#events.failed(entry);
      return;
    }
    this.#mark(entry, error.status === 0 ? "queued" : "sending");
    const wait = error.retryAfterSeconds;
    if (!error.isSessionLost) await this.#pause.wait(wait === null ? backoffMs(tries) : wait * 1000);
  }

  async #withToken(token, request) {
    try {
      return await request;
    } catch (error) {
      throw Object.assign(error, { token });
    }
  }

  #next() {
    return this.entries.find((it) => it.state === "sending" || it.state === "queued");
  }

  #find(clientId) {
    return this.entries.find((it) => it.clientId === clientId);
  }

  #mark(entry, state) {
    if (entry.state === state) return;
    entry.state = state;
    this.#events.changed();
  }

  /** Stores what a later page can still send. Files that are not uploaded yet die with this page. */
  #keep(entry) {
    const { files, ...kept } = entry;
    if (files.length > 0) kept.code = "files_lost"; // what the later page tells; retrying there sends the text alone
    const isWorthIt = entry.text || entry.attachments.length > 0;
    if (this.entries.includes(entry) && isWorthIt) this.#storage.set(`outbox:${entry.clientId}`, kept);
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID exists on secure pages only
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
