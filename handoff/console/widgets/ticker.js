// A time that counts by itself, so that the server sends nothing while nothing happens.
// `at`: milliseconds since 1970 by the server's clock. `down`: counts towards it instead of away from it.
// `pattern` and `over` hold "{t}"; `over` is used once a countdown has passed.
const tickers = new Set();
let timer = 0;

function beat() {
  for (const ticker of tickers) ticker.now = now();
}

// The page tells how far the server's clock is from ours (alarm.js); a wrong clock here must not show wrong times.
function now() {
  return Date.now() + (window.lifelineClockOffset || 0);
}

function written(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

export default {
  template: `<time :class="{ticker: true, over: isOver}">{{ text }}</time>`,
  props: { at: Number, down: Boolean, pattern: String, over: String },
  data: () => ({ now: now() }),
  computed: {
    seconds() {
      return (this.down ? this.at - this.now : this.now - this.at) / 1000;
    },
    isOver() {
      return this.down && this.seconds <= 0;
    },
    text() {
      const pattern = (this.isOver && this.over) || this.pattern || "{t}";
      return pattern.replace("{t}", written(Math.abs(this.seconds)));
    },
  },
  mounted() {
    this.now = now();
    tickers.add(this);
    if (tickers.size === 1) timer = setInterval(beat, 1000);
  },
  unmounted() {
    tickers.delete(this);
    if (tickers.size === 0) clearInterval(timer);
  },
};
