/**
 * The customer's session with the gateway: a bearer token, kept on this device so that the conversation is there
 * after a reload, and replaced by a new one when it has expired.
 */

export class Session {
  #api;
  #storage;
  #locale;
  #creating = null;
  #conversationId = null; // the one that this page shows

  /** @param locale a function that returns the page's language (BCP 47), for a session that has to be created */
  constructor(api, storage, locale) {
    this.#api = api;
    this.#storage = storage;
    this.#locale = locale;
    api.renewed = (before, token, expiresAt) => this.renew(before, token, expiresAt);
  }

  /**
   * What is stored: {token, conversation_id, expires_at, official_hosts?, read_seq}, or null. Whether the token has
   * expired is for the gateway to say: clocks of phones are wrong by years.
   */
  get current() {
    const stored = this.#storage.get("session");
    return stored?.token ? stored : null;
  }

  /** The session, created when there is none. Raises ApiError. */
  async ensure() {
    this.#creating ??= this.#take().finally(() => {
      this.#creating = null;
    });
    const session = await this.#creating;
    this.#conversationId = session.conversation_id;
    return session;
  }

  /** The number of the last message that the customer has seen. */
  get readSeq() {
    return this.current?.read_seq ?? 0;
  }

  markRead(seq) {
    const stored = this.current;
    if (stored && seq > (stored.read_seq ?? 0)) this.#storage.set("session", { ...stored, read_seq: seq });
  }

  /** Takes the token that follows `before` in the same conversation. */
  renew(before, token, expiresAt) {
    const stored = this.#storage.get("session");
    if (stored && stored.token === before) this.#storage.set("session", { ...stored, token, expires_at: expiresAt });
  }

  /** Forgets the session, unless another tab has replaced it already. */
  forget(token = null) {
    if (token === null || this.#storage.get("session")?.token === token) this.#storage.remove("session");
    this.#conversationId = null;
  }

  /**
   * Follows the other tabs: `replaced(id, before)` when one begins or forgets (null) a conversation, `read()` when one
   * has shown messages. Returns a function that ends it.
   */
  watch({ replaced, read }) {
    const stored = () => this.current?.conversation_id ?? null;
    this.#conversationId = stored();
    return this.#storage.watch("session", () => {
      const [id, before] = [stored(), this.#conversationId];
      this.#conversationId = id;
      if (id === before) read();
      else replaced(id, before);
    });
  }

  async #take() {
    const create = async () => {
      const stored = this.current;
      if (stored) return stored;
      const created = { ...(await this.#api.createSession(this.#locale())), read_seq: 0 };
      this.#storage.set("session", created);
      return created;
    };
    if (this.current) return this.current;
    // Two tabs that open at once must not begin two conversations. Locks exist on secure pages only.
    if (!navigator.locks) return create();
    try {
      return await navigator.locks.request("support-chat-session", create);
    } catch (error) {
      if (error instanceof DOMException) return create(); // a sandboxed frame may not lock
      throw error;
    }
  }
}
