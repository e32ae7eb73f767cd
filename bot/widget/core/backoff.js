/** How long to wait before trying again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * Milliseconds before attempt number `attempt` (from 0): doubles up to 30 s, and a random half of it keeps the
 * customers of a restarted gateway from coming back all in the same instant.
 */
export function backoffMs(attempt) {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return whole / 2 + Math.random() * (whole / 2);
}

/** A wait that `wake()` cuts short. */
export class Pause {
  #end = null;

  async wait(milliseconds) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#end = null;
  }

  wake() {
    this.#end?.();
  }
}
