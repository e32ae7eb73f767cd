/**
 * Keeps messages coming: first the history, then a WebSocket; where none gets through, long polling, with a new try of the WebSocket every
 * minute. Lost connections are made again with growing, random pauses, and at once when the device comes back online
 * or the page is looked at again.
 */
import { ApiError } from "./api.js";
import { backoffMs, Pause } from "./backoff.js";

const OPEN_MS = 10_000; // a WebSocket that says nothing for this long is taken for blocked
const PING_MS = 25_000; // below the idle limits of common proxies (60 s)
const PONG_MS = 10_000;
const SOCKET_TRIES = 2;
const POLL_MS = 60_000;
const POLL_WAIT_SECONDS = 20;
const PAGE_SIZE = 50; // an answer with fewer messages than this is the last page of the history, whatever the gateway's limit
const CLOSED_UNAUTHORIZED = 4401;
const SESSION_LOST = new Set(["bad_token", "expired_token"]);

export class Connection {
  /** "idle", "connecting", "online" or "offline" */
  state = "idle";

  #api;
  #session;
  #cursor;
  #events;
  #pause = new Pause();
  #stop = null; // an AbortController while running
  #socket = null;
  #checkSocket = () => {};
  #dropSocket = () => {};

  /**
   * @param cursor returns the number after which messages are wanted
   * @param events {frame(frame), loaded(), state(state), sessionLost(token)}
   */
  constructor(api, session, cursor, events) {
    this.#api = api;
    this.#session = session;
    this.#cursor = cursor;
    this.#events = events;
  }

  start() {
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#run(this.#stop.signal);
  }

  stop() {
    this.#stop?.abort();
    this.#stop = null;
    this.#pause.wake();
    this.#setState("idle");
  }

  /** Tries again now; asks a silent WebSocket for a sign of life. */
  wake() {
    this.#pause.wake();
    this.#checkSocket();
  }

  /** The device says that it is offline: gives the WebSocket up before it would notice by itself. */
  lost() {
    this.#dropSocket();
  }

  /** Sends a frame that may be lost (typing, read); false when there is no WebSocket. */
  tell(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #run(signal) {
    let attempt = 0;
    let silentSockets = 0;
    let isLoaded = false;
    this.#setState("connecting");
    while (!signal.aborted) {
      let worked = false;
      let wait = null;
      try {
        const { token } = await this.#session.ensure();
        if (signal.aborted) return;
        if (!isLoaded) {
          await this.#load(token, signal);
          if (signal.aborted) return;
          isLoaded = true;
          this.#events.loaded();
        }
        if (silentSockets < SOCKET_TRIES) {
          worked = await this.#listen(token, signal);
          silentSockets = worked ? 0 : silentSockets + 1;
        }
        if (silentSockets >= SOCKET_TRIES && !signal.aborted) {
          worked = await this.#poll(token, signal);
          if (worked) {
            silentSockets = SOCKET_TRIES - 1; // one more try of the WebSocket, then back here
            attempt = 0;
            continue;
          }
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.isSessionLost) this.#events.sessionLost(error.token);
        wait = error.retryAfterSeconds;
        silentSockets = Math.min(silentSockets, SOCKET_TRIES - 1); // polling fails too, so the WebSocket is not to blame
      }
      if (signal.aborted) return;
      attempt = worked ? 0 : attempt + 1;
      this.#setState(worked ? "connecting" : "offline");
      await this.#pause.wait(wait === null ? backoffMs(attempt) : wait * 1000);
    }
  }

  /** The history, so that all that comes later is known to be new. */
  async #load(token, signal) {
    for (let size = PAGE_SIZE; size >= PAGE_SIZE && !signal.aborted;) {
      size = await this.#fetch(token, 0, signal);
    }
  }

  /** Asks for messages after the cursor, hands them on, and returns how many came. */
  async #fetch(token, waitSeconds, signal) {
    try {
      const { messages, owner, typing = [] } = await this.#api.messages(token, this.#cursor(), { waitSeconds, signal });
      if (signal.aborted) return 0;
      for (const message of messages) this.#events.frame({ type: "message", message });
      if (owner) this.#events.frame({ type: "state", owner });
      for (const author of typing) this.#events.frame({ type: "typing", author });
      return messages.length;
    } catch (error) {
      if (signal.aborted) return 0;
      throw Object.assign(error, { token });
    }
  }

  /** One WebSocket, from its opening to its end. Returns whether the gateway answered on it. */
  #listen(token, signal) {
    return new Promise((resolve, reject) => {
      let answered = false;
      let lost = null;
      let timer = 0;
      let socket;
      try {
        socket = new WebSocket(this.#api.socketUrl(this.#cursor()));
      } catch {
        resolve(false); // the page's policy forbids it
        return;
      }
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", end);
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
        this.#socket = null;
        this.#checkSocket = this.#dropSocket = () => {};
        if (lost) reject(lost);
        else resolve(answered);
      };
      const ping = () => {
        clearTimeout(timer);
        if (!this.tell({ type: "ping" })) return;
        timer = setTimeout(end, PONG_MS);
      };
      signal.addEventListener("abort", end);
      this.#dropSocket = end;
      timer = setTimeout(end, OPEN_MS);
      const lose = (code, message) => {
        lost = Object.assign(new ApiError(401, code, message), { token });
        end();
      };
      socket.onclose = ({ code, reason }) => (code === CLOSED_UNAUTHORIZED ? lose("expired_token", reason) : end());
      socket.onopen = () => {
        this.#socket = socket;
        this.#checkSocket = ping;
        this.tell({ type: "auth", token });
        ping();
      };
      socket.onmessage = ({ data }) => {
        clearTimeout(timer);
        timer = setTimeout(ping, PING_MS);
        const frame = parse(data);
        if (frame?.type === "error" && SESSION_LOST.has(frame.code)) {
          lose(frame.code, frame.message);
        } else if (frame) {
          answered = true;
          this.#setState("online");
          this.#events.frame(frame);
        }
      };
    });
  }

  /** Long polls for a minute. Returns whether it went to the end; raises ApiError. */
  async #poll(token, signal) {
    const until = Date.now() + POLL_MS;
    let wait = 0; // the first answer comes at once: it tells whether polling works
    while (!signal.aborted && Date.now() < until) {
      await this.#fetch(token, wait, signal);
      if (signal.aborted) return false;
      this.#setState("online");
      wait = POLL_WAIT_SECONDS;
    }
    return true;
  }

  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#events.state(state);
  }
}

function parse(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
