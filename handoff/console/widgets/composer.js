// Where an agent writes. The text and the files stay here until the server says that the message is
// committed; the draft outlives a reload in the tab's storage. Ctrl or Cmd with Enter sends, Enter alone
// begins a line, and neither disturbs an input method that is composing.
const PREFIX = "lifeline.draft.";
const TYPING_MS = 3000;
const TALLEST = 260;

const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

export default {
  template: `
    <form class="composer" @submit.prevent="send" @dragover.prevent @drop.prevent="take($event.dataTransfer.files)">
      <div v-if="error" class="composer-error" role="alert">{{ error }}</div>
      <ul v-if="files.length" class="composer-files">
        <li v-for="file in files" :key="file.key" :class="{failed: file.error}">
          <i class="material-icons-outlined icon" aria-hidden="true">{{ file.error ? 'error_outline' : 'attach_file' }}</i>
          <span class="name">{{ file.name }}</span>
          <span v-if="file.error" class="state">{{ file.error }}</span>
          <span v-else-if="!file.id" class="state">{{ texts.uploading }}</span>
          <button type="button" class="button quiet small" :aria-label="texts.remove" :title="texts.remove" @click="drop(file)">
            <i class="material-icons-outlined icon" aria-hidden="true">close</i>
          </button>
        </li>
      </ul>
      <textarea ref="area" rows="2" :aria-label="texts.label" :placeholder="texts.placeholder" :maxlength="limit"
        :readonly="busy" v-bind:value="text" @input="typed" @keydown="key" @paste="pasted"></textarea>
      <div class="composer-bar">
        <input ref="picker" type="file" multiple hidden :accept="accept" @change="take($event.target.files); $event.target.value=''" />
        <button type="button" class="button quiet" :aria-label="texts.attach" :title="texts.attach" @click="$refs.picker.click()">
          <i class="material-icons-outlined icon" aria-hidden="true">attach_file</i>
        </button>
        <slot />
        <span class="composer-hint">{{ text.length > limit * 0.8 ? text.length + ' / ' + limit : texts.hint }}</span>
        <button type="submit" class="button primary" :disabled="!ready">
          <i class="material-icons-outlined icon" aria-hidden="true">send</i><span>{{ busy ? texts.sending : texts.send }}</span>
        </button>
      </div>
    </form>`,
  props: { conversation: String, texts: Object, refusals: Object, accept: String, limit: Number, maxBytes: Number },
  data: () => ({ text: "", files: [], busy: false, error: "", sendId: newId() }),
  computed: {
    pending() {
      return this.files.some((file) => !file.id && !file.error);
    },
    ready() {
      const written = this.text.trim() || this.files.some((file) => file.id);
      return Boolean(written) && !this.busy && !this.pending;
    },
  },
  mounted() {
    this.restore();
    this.$nextTick(this.fit);
  },
  methods: {
    restore() {
      try {
        const kept = JSON.parse(sessionStorage.getItem(PREFIX + this.conversation));
        if (kept) Object.assign(this, { text: kept.text, sendId: kept.sendId });
      } catch {
        // No storage, or nothing that we wrote: begin with an empty draft.
      }
    },
    keep() {
      try {
        if (this.text) {
          sessionStorage.setItem(PREFIX + this.conversation, JSON.stringify({ text: this.text, sendId: this.sendId }));
        } else sessionStorage.removeItem(PREFIX + this.conversation);
      } catch {
        // A full or forbidden storage costs the draft its life after a reload, nothing else.
      }
    },
    fit() {
      const area = this.$refs.area;
      if (!area) return;
      area.style.height = "auto";
      area.style.height = Math.min(area.scrollHeight + 2, TALLEST) + "px";
    },
    typed(event) {
      this.text = event.target.value;
      this.error = "";
      this.keep();
      this.fit();
      const now = Date.now();
      if (this.text && now - (this.toldAt || 0) > TYPING_MS) {
        this.toldAt = now;
        this.$emit("typing");
      }
    },
    key(event) {
      // While an input method composes, Enter belongs to it (229: browsers that say it late).
      if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        this.send();
      }
    },
    send() {
      if (!this.ready) return;
      this.busy = true;
      this.error = "";
      const files = this.files.filter((file) => file.id).map((file) => file.id);
      this.$emit("send", { text: this.text.trim(), files, id: this.sendId });
    },
    // --- called by the server ---
    sent() {
      this.text = "";
      this.files = [];
      this.busy = false;
      this.error = "";
      this.toldAt = 0;
      this.sendId = newId();
      this.keep();
      this.$nextTick(() => {
        this.fit();
        this.focus();
      });
    },
    failed(message) {
      this.busy = false;
      this.error = message;
      this.$nextTick(this.focus);
    },
    insert(text) {
      const area = this.$refs.area;
      const start = area.selectionStart ?? this.text.length;
      const before = this.text.slice(0, start);
      const gap = before && !before.endsWith("\n") ? "\n\n" : "";
      this.text = (before + gap + text + this.text.slice(area.selectionEnd ?? start)).slice(0, this.limit);
      this.keep();
      this.$nextTick(() => {
        const end = Math.min((before + gap + text).length, this.text.length);
        this.fit();
        this.focus();
        area.setSelectionRange(end, end);
      });
    },
    focus() {
      this.$refs.area?.focus();
    },
    // --- files ---
    pasted(event) {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        this.take(event.clipboardData.files);
      }
    },
    take(list) {
      for (const blob of Array.from(list)) this.upload(blob);
    },
    async upload(blob) {
      const key = newId();
      this.files.push({ key, name: blob.name, id: null, error: "" });
      const outcome = await this.store(blob);
      const file = this.files.find((candidate) => candidate.key === key);
      if (file) Object.assign(file, outcome);
    },
    async store(blob) {
      if (blob.size > this.maxBytes) return { error: this.refusals.file_too_large };
      try {
        const answer = await fetch(`/files/${this.conversation}`, {
          method: "POST",
          body: blob,
          headers: { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(blob.name) },
        });
        if (answer.ok) return { id: (await answer.json()).id };
        if (answer.status === 413) return { error: this.refusals.file_too_large };
        const code = (await answer.json().catch(() => ({}))).error?.code;
        return { error: this.refusals[code] || this.refusals.other };
      } catch {
        return { error: this.refusals.other };
      }
    },
    drop(file) {
      this.files = this.files.filter((other) => other.key !== file.key);
    },
  },
};
