// What calls an agent back to this tab: the title, a dot on the tab's icon, and a sound for a new critical
// conversation. It also tells the server whether the tab is looked at, and sends the agent to the sign-in
// form when the session has ended while the connection was lost.
const PULSE_MS = 1000;
const ICON = 32;

export default {
  template: `<span hidden></span>`,
  props: { title: String, critical: Array, criticalTitle: String, unread: Number, sound: Boolean, serverNow: Number },
  data: () => ({ on: false, known: null }),
  watch: {
    critical() {
      this.ring();
      this.paint();
    },
    unread() {
      this.paint();
    },
    title() {
      this.paint();
    },
  },
  mounted() {
    window.lifelineClockOffset = this.serverNow - Date.now();
    this.known = new Set(this.critical || []);
    this.timer = setInterval(() => {
      this.on = !this.on;
      if ((this.critical || []).length) this.paint();
    }, PULSE_MS);
    document.addEventListener("visibilitychange", this.tell);
    this.$nextTick(() => window.socket?.on("connect_error", this.check)); // NiceGUI makes it after its elements
    this.paint();
    this.tell();
  },
  unmounted() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.tell);
    window.socket?.off("connect_error", this.check);
  },
  methods: {
    tell() {
      this.$emit("look", {
        visible: document.visibilityState === "visible",
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      });
    },
    async check() {
      try {
        const answer = await fetch("/session", { cache: "no-store" });
        if (answer.status === 401) window.location.assign("/sign-in");
      } catch {
        // The server cannot be reached: socket.io goes on trying.
      }
    },
    ring() {
      const fresh = (this.critical || []).some((id) => !this.known.has(id));
      this.known = new Set(this.critical || []);
      if (fresh && this.sound) this.play();
    },
    // Two short tones. Browsers keep silent until the page was clicked once; the title and the icon do not.
    play() {
      try {
        this.audio ??= new AudioContext();
        this.audio.resume();
        const begin = this.audio.currentTime + 0.02;
        [880, 1174.7].forEach((frequency, index) => {
          const at = begin + index * 0.22;
          const tone = this.audio.createOscillator();
          const volume = this.audio.createGain();
          tone.frequency.value = frequency;
          volume.gain.setValueAtTime(0, at);
          volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
          volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
          tone.connect(volume).connect(this.audio.destination);
          tone.start(at);
          tone.stop(at + 0.22);
        });
      } catch (error) {
        console.warn("no sound", error);
      }
    },
    paint() {
      const waiting = (this.critical || []).length;
      const count = this.unread ? `(${this.unread}) ` : "";
      document.title = waiting && this.on ? this.criticalTitle : count + this.title;
      this.badge(waiting, this.unread);
    },
    badge(waiting, unread) {
      const key = `${waiting}/${Math.min(unread || 0, 1)}`;
      if (this.painted === key) return;
      this.painted = key;
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = ICON;
      const pen = canvas.getContext("2d");
      pen.fillStyle = waiting ? "#c62828" : "#0e6478";
      pen.beginPath();
      pen.roundRect(1, 1, ICON - 2, ICON - 2, 8);
      pen.fill();
      pen.fillStyle = "#fff";
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.font = "bold 20px sans-serif";
      if (waiting) {
        pen.fillText(String(Math.min(waiting, 9)), ICON / 2, ICON / 2 + 1);
      } else {
        pen.lineWidth = 3;
        pen.strokeStyle = "#fff";
        pen.beginPath();
        pen.arc(ICON / 2, ICON / 2, 8, 0, 2 * Math.PI);
        pen.stroke();
        if (unread) {
          pen.beginPath();
          pen.arc(ICON / 2, ICON / 2, 4, 0, 2 * Math.PI);
          pen.fill();
        }
      }
      let link = document.querySelector("link[rel~='icon']");
      if (!link) {
        link = document.createElement("link");
        link.rel = "icon";
        document.head.append(link);
      }
      link.href = canvas.toDataURL();
    },
  },
};
