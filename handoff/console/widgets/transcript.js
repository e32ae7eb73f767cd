// The scrolling list of messages. It stays at the newest one unless the agent has scrolled up to read;
// then a button offers the way back. What it holds is rendered by the server as plain elements.
const NEAR = 80; // pixels from the end that still count as being there

export default {
  template: `
    <div class="transcript">
      <div class="transcript-scroller" ref="scroller" @scroll.passive="looked" tabindex="0" role="log" :aria-label="label">
        <div ref="content" class="transcript-content"><slot /></div>
      </div>
      <button v-if="behind" type="button" class="button small transcript-newest" @click="toEnd">
        <i class="material-icons-outlined icon" aria-hidden="true">arrow_downward</i><span>{{ newest }}</span>
      </button>
    </div>`,
  props: { label: String, newest: String },
  data: () => ({ atEnd: true, behind: false }),
  mounted() {
    this.observer = new ResizeObserver(() => this.follow());
    this.observer.observe(this.$refs.content);
    this.observer.observe(this.$refs.scroller);
  },
  unmounted() {
    this.observer.disconnect();
  },
  methods: {
    looked() {
      const scroller = this.$refs.scroller;
      const near = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
      // A picture that has just loaded moves the end away; only scrolling up leaves it.
      if (near) this.atEnd = true;
      else if (scroller.scrollTop < (this.top || 0)) this.atEnd = false;
      this.top = scroller.scrollTop;
      if (this.atEnd) this.behind = false;
    },
    follow() {
      const scroller = this.$refs.scroller;
      const grown = scroller.scrollHeight > (this.height || 0);
      this.height = scroller.scrollHeight;
      if (this.atEnd) scroller.scrollTop = scroller.scrollHeight;
      else if (grown && !this.growingUp) this.behind = true;
    },
    toEnd() {
      this.atEnd = true;
      this.behind = false;
      this.$refs.scroller.scrollTop = this.$refs.scroller.scrollHeight;
    },
    // Earlier messages are about to be added on top: keep what is read now where it is.
    hold() {
      const scroller = this.$refs.scroller;
      const fromEnd = scroller.scrollHeight - scroller.scrollTop;
      this.growingUp = true;
      this.atEnd = false;
      const settle = () => {
        scroller.scrollTop = scroller.scrollHeight - fromEnd;
        this.growingUp = false;
      };
      setTimeout(settle, 150);
    },
  },
};
