/**
 * One customer's conversation as this page knows it: session, connection, committed messages, unsent ones, and who
 * answers. It has no user interface; it tells `events` what changed.
 */
import { backoffMs } from "./backoff.js";
import { Connection } from "./connection.js";
import { Outbox } from "./outbox.js";
import { Session } from "./session.js";
import { Storage } from "./storage.js";
import { Timeline } from "./timeline.js";

const GAP_MS = 1000; // how long a frame may be late before the missing ones are asked for
const TYPING_MS = 6500; // a typing notice holds for 6 seconds, and some for the way
const TELL_TYPING_MS = 3000;

/** What the kind of a message says about who answers next, for clients that get no state frames. */
const OWNER_AFTER = [
  [/^(handoff_|emergency_|assistant_down|returned_to_queue)|_handoff$/, "queue"],
  [/^agent_joined/, "agent"],
  [/^closed/, "assistant"],
];

/**
 * Events, all functions:
 *   changed()                messages or unsent messages
 *   status()                 connection, owner or who is typing
 *   arrived(messages)        new messages of others, after the first load
 *   failed(entry)            a message was given up until the customer tries again
 *   refused(code, message)   the gateway said no on the WebSocket
 *   restarted(expired)       everything shown is gone: expired, or begun anew here or in another tab
 */
export class Conversation {
  owner = "assistant";
  agentName = null;
  typing = null; // "assistant", "agent" or null
  isLoaded = false; // the history is there; what comes now is new
  #events;
  #gapTimer = 0;
  #typingTimer = 0;
  #toldTypingAt = 0;
  #losses = 0; // sessions refused in a row
  #startTimer = 0;
  #unwatch = () => {};

  constructor(api, server, locale, events) {
    this.#events = events;
    this.api = api;
    const storage = new Storage(server);
    this.session = new Session(api, storage, locale);
    this.timeline = new Timeline();
    this.outbox = new Outbox(api, this.session, storage, {
      changed: () => events.changed(),
      accepted: (entry, answer) => this.#accepted(entry, answer),
      failed: (entry) => events.failed(entry),
      sessionLost: (token) => this.#sessionLost(token),
    });
    this.connection = new Connection(api, this.session, () => this.timeline.cursor, {
      frame: (frame) => this.#frame(frame),
      loaded: () => this.#loaded(),
      state: () => events.status(),
      sessionLost: (token) => this.#sessionLost(token),
    });
  }

  /** Takes up the conversation of an earlier page, if there is one. Nothing is asked of the gateway before. */
  resume() {
    this.#unwatch = this.session.watch({
      replaced: (id, before) => {
        if (before !== null) this.outbox.drop();
        this.#restart(false);
        if (id !== null) this.start();
      },
      read: () => this.#events.changed(),
    });
    this.outbox.restore();
    if (this.session.current || this.outbox.entries.length > 0) this.start();
  }

  start() {
    this.connection.start();
  }

  /** Ends all traffic; the stored conversation stays. */
  stop() {
    this.#unwatch();
    this.#halt();
  }

  /** Tries connection and unsent messages again now. */
  wake() {
    this.connection.wake();
    this.outbox.wake();
  }

  send(message) {
    this.#toldTypingAt = 0;
    this.outbox.add(message);
    this.start();
  }

  /** Forgets the conversation on this device; with `again`, begins a new one. */
  forget(again) {
    this.session.forget();
    this.outbox.clear();
    this.#restart(false);
    if (again) this.start();
  }

  /** The number of messages from others that the customer has not seen. */
  get unread() {
    const read = this.session.readSeq;
    return this.timeline.messages.filter((it) => it.seq > read && it.author !== "customer").length;
  }

  /** All that is shown has been seen. Tells the gateway, and other tabs through the store. */
  markRead() {
    const seq = this.timeline.cursor;
    if (seq <= this.session.readSeq) return;
    this.session.markRead(seq);
    this.connection.tell({ type: "read", seq });
    this.#events.changed();
  }

  /** The customer is typing: at most one notice every 3 seconds. */
  tellTyping() {
    const now = Date.now();
    if (now - this.#toldTypingAt < TELL_TYPING_MS) return;
    this.#toldTypingAt = now;
    this.connection.tell({ type: "typing" });
  }

  /** A stored file as a Blob. Raises ApiError. */
  async download(id) {
    const { token } = await this.session.ensure();
    return this.api.download(token, id);
  }

  #frame(frame) {
    if (frame.type === "message") this.#receive([frame.message]);
    else if (frame.type === "state") this.#setOwner(frame.owner, frame.agent_name);
    else if (frame.type === "typing") this.#setTyping(frame.author);
    else if (frame.type === "session") this.session.renew(this.session.current?.token, frame.token, frame.expires_at);
    else if (frame.type === "error") this.#events.refused(frame.code, frame.message);
    // "accepted" answers messages sent on the WebSocket, and ours go by HTTP, which tells failures apart; "pong" needs nothing.
  }

  #receive(messages) {
    const shown = messages.flatMap((message) => this.timeline.receive(message));
    this.#show(shown);
    clearTimeout(this.#gapTimer);
    if (this.timeline.hasGap) this.#gapTimer = setTimeout(() => this.#fillGap(), GAP_MS);
  }

  async #fillGap() {
    const token = this.session.current?.token;
    if (!token || !this.timeline.hasGap) return;
    try {
      const { messages } = await this.api.messages(token, this.timeline.cursor);
      this.#receive(messages);
      if (this.timeline.hasGap) this.#show(this.timeline.skipGap());
    } catch {
      this.#gapTimer = setTimeout(() => this.#fillGap(), GAP_MS);
    }
  }

  #show(messages) {
    if (messages.length === 0) return;
    for (const message of messages) {
      if (message.client_id) this.outbox.remove(message.client_id);
      if (message.author === this.typing) this.#setTyping(null);
      if (message.agent_name) this.agentName = message.agent_name;
      const owner =
        message.author === "agent" ? "agent" : OWNER_AFTER.find(([kind]) => kind.test(message.kind ?? ""))?.[1];
      if (owner) this.#setOwner(owner);
    }
    this.#events.changed();
    const others = messages.filter((it) => it.author !== "customer");
    if (this.isLoaded && others.length > 0) this.#events.arrived(others);
  }

  #loaded() {
    this.isLoaded = true;
    this.#losses = 0;
    this.#events.changed();
  }

  #accepted(entry, answer) {
    if (answer.seq <= this.timeline.cursor) this.outbox.remove(entry.clientId);
  }

  #setOwner(owner, agentName) {
    if (agentName) this.agentName = agentName;
    this.owner = owner;
    this.#events.status();
  }

  #setTyping(author) {
    clearTimeout(this.#typingTimer);
    this.typing = author;
    if (author) this.#typingTimer = setTimeout(() => this.#setTyping(null), TYPING_MS);
    this.#events.status();
  }

  #sessionLost(token) {
    if (this.session.current?.token !== token) return; // noticed twice
    this.session.forget(token);
    this.#restart(this.timeline.cursor > 0);
    this.#losses += 1; // a gateway that refuses even new sessions must not be asked in a tight loop
    this.#startTimer = setTimeout(() => this.start(), this.#losses > 1 ? backoffMs(this.#losses) : 0);
  }

  /** Shows nothing any more. `expired` says that the gateway ended what was shown. */
  #restart(expired) {
    this.#halt();
    this.timeline.clear();
    this.owner = "assistant";
    this.agentName = null;
    this.typing = null;
    this.isLoaded = false;
    this.#events.restarted(expired);
  }

  #halt() {
    clearTimeout(this.#gapTimer);
    clearTimeout(this.#typingTimer);
    clearTimeout(this.#startTimer);
    this.connection.stop();
  }
}
