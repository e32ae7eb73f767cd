/**
 * Small JSON values that survive a reload, one namespace a server, in localStorage. Where the browser forbids it
 * (private modes, sandboxed frames, full disk) the values live as long as the page.
 */
export class Storage {
  #prefix;
  #memory = new Map();

  constructor(server) {
    this.#prefix = `support-chat:${server}:`;
  }

  get(name) {
    try {
      const stored = localStorage.getItem(this.#prefix + name);
      if (stored !== null) return JSON.parse(stored);
    } catch {
      // forbidden, or not ours: as if nothing were stored
    }
    return this.#memory.get(name) ?? null;
  }

  set(name, value) {
    try {
      localStorage.setItem(this.#prefix + name, JSON.stringify(value));
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, value);
    }
  }

  remove(name) {
    this.#memory.delete(name);
    try {
      localStorage.removeItem(this.#prefix + name);
    } catch {
      // forbidden: nothing was stored either
    }
  }

  /** The names that begin with `start`. */
  names(start) {
    const found = new Set([...this.#memory.keys()].filter((name) => name.startsWith(start)));
    try {
      for (let i = 0; i < localStorage.length; i += 1) {
        const key = localStorage.key(i);
        if (key.startsWith(this.#prefix + start)) found.add(key.slice(this.#prefix.length));
      }
    } catch {
      // forbidden
    }
    return [...found];
  }

  /** Calls `changed` when another tab changes the value called `name`; returns a function that ends it. */
  watch(name, changed) {
    const listen = (event) => {
      if (event.key === this.#prefix + name || event.key === null) changed();
    };
    window.addEventListener("storage", listen);
    return () => window.removeEventListener("storage", listen);
  }
}
