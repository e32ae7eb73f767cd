/**
 * The messages that the gateway has committed, in order, each once.
 *
 * Their numbers have no gaps, so a message whose predecessor is missing is held back until it comes. Frames may
 * therefore arrive twice, late or in any order: what is shown is the same.
 */
export class Timeline {
  /** In order of `seq`. */
  messages = [];
  #held = new Map();

  /** The number up to which nothing is missing; a reconnecting client asks for what comes after it. */
  get cursor() {
    return this.messages.at(-1)?.seq ?? 0;
  }

  /** True while a message waits for one before it. */
  get hasGap() {
    return this.#held.size > 0;
  }

  /** Takes a message in; returns the messages that can be shown now, in order. */
  receive(message) {
    if (!Number.isInteger(message?.seq) || message.seq <= this.cursor) return [];
    this.#held.set(message.seq, message);
    return this.#release();
  }

  /** Goes on without the missing messages: the gateway was asked, and does not have them for us. */
  skipGap() {
    if (!this.hasGap) return [];
    const next = Math.min(...this.#held.keys());
    const message = this.#held.get(next);
    this.#held.delete(next);
    this.messages.push(message);
    return [message, ...this.#release()];
  }

  clear() {
    this.messages = [];
    this.#held.clear();
  }

  #release() {
    const released = [];
    for (let next = this.#held.get(this.cursor + 1); next; next = this.#held.get(this.cursor + 1)) {
      this.#held.delete(next.seq);
      this.messages.push(next);
      released.push(next);
    }
    return released;
  }
}
