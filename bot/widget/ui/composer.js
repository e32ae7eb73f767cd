/** Where the customer writes: text that grows, files to send, and what is wrong with either. */
import { ACCEPT, isImage, LARGEST_BYTES, MOST_FILES, refusalOf } from "../core/files.js";
import { h, setText } from "./dom.js";
import { icon } from "./icons.js";

const LONGEST_TEXT = 4000; // LIFELINE_MAX_TEXT_CHARS, unless the session names another limit

export class Composer {
  #texts;
  #actions;
  #files = [];

  /** @param actions {send({text, files}), typing(), limits(): {max_text_chars?, max_file_bytes?}} */
  constructor(texts, actions) {
    this.#texts = texts;
    this.#actions = actions;
    const label = texts.text("input");
    this.input = h("textarea", {
      rows: "1",
      "aria-label": label,
      "aria-describedby": "note",
      placeholder: texts.text("placeholder"),
      enterkeyhint: "send",
      dir: "auto",
      autocomplete: "off",
    });
    this.mirror = h("div", { class: "mirror", "aria-hidden": "true" }); // gives the text area its height without inline styles
    this.picker = h("input", {
      type: "file",
      class: "hidden-text",
      accept: ACCEPT,
      multiple: true,
      tabindex: "-1",
      "aria-hidden": "true",
    });
    this.attach = h(
      "button",
      {
        type: "button",
        class: "tool attach",
        "aria-label": texts.text("attach"),
        on: { click: () => this.picker.click() },
      },
      icon("clip"),
    );
    this.sendButton = h(
      "button",
      { type: "submit", class: "tool send", "aria-label": texts.text("send") },
      icon("send"),
    );
    this.tray = h("div", { class: "tray", role: "group", "aria-label": texts.text("attachments"), hidden: true });
    this.problem = h("div", { class: "problem", role: "alert" });
    const note = h(
      "div",
      { class: "note", id: "note" },
      icon("shield"),
      h("span", { text: texts.text("composer_note") }),
    );
    const field = h(
      "div",
      { class: "field" },
      this.attach,
      h("div", { class: "grow" }, this.input, this.mirror),
      this.sendButton,
      this.picker,
    );
    this.node = h("form", { class: "composer", novalidate: true }, this.problem, this.tray, field, note);
    this.#listen();
    this.#changed();
  }

  get draft() {
    return this.input.value;
  }

  set draft(text) {
    this.input.value = text;
    this.#changed();
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  /** Adds what was picked, pasted or dropped, as far as it may be sent. */
  async addFiles(files) {
    const limit = this.#actions.limits().max_file_bytes ?? LARGEST_BYTES;
    const problems = [];
    for (const file of files) {
      if (this.#files.length >= MOST_FILES) {
        problems.push(this.#texts.text("file_count", { limit: MOST_FILES }));
        break;
      }
      const refusal = await refusalOf(file, limit);
      if (refusal) problems.push(this.#texts.text(refusal, { name: file.name, limit: this.#texts.size(limit) }));
      else this.#files.push(file);
    }
    this.tell(problems.join(" "));
    this.#showTray();
    this.#changed();
  }

  /** Shows what is wrong, and has it read out. */
  tell(problem) {
    setText(this.problem, problem);
  }

  #listen() {
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("input", () => {
      this.tell("");
      this.#changed();
      if (this.input.value) this.#actions.typing();
    });
    this.input.addEventListener("keydown", (event) => {
      // While an input method is open, Enter takes its candidate. Safari ends the composition first and says 229.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      this.addFiles(files);
    });
    this.picker.addEventListener("change", () => {
      const files = [...this.picker.files];
      this.picker.value = "";
      this.addFiles(files).then(() => this.focus());
    });
  }

  #submit() {
    const text = this.input.value.trim();
    const over = this.#excess(text);
    if (over > 0) {
      this.tell(this.#texts.text("too_long", { count: over }));
      return;
    }
    if (!text && this.#files.length === 0) return;
    const files = this.#files;
    this.#files = [];
    this.#showTray();
    this.draft = "";
    this.tell("");
    this.focus();
    this.#actions.send({ text, files });
  }

  /** By how many characters (code points, as the gateway counts) the text is too long. */
  #excess(text) {
    const limit = this.#actions.limits().max_text_chars ?? LONGEST_TEXT;
    return text.length <= limit ? 0 : [...text].length - limit;
  }

  #changed() {
    const text = this.input.value;
    setText(this.mirror, `${text}\n`);
    this.sendButton.disabled = !text.trim() && this.#files.length === 0;
  }

  #showTray() {
    for (const image of this.tray.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    this.tray.replaceChildren(...this.#files.map((file) => this.#chip(file)));
    this.tray.hidden = this.#files.length === 0;
  }

  #chip(file) {
    const remove = () => {
      this.#files = this.#files.filter((it) => it !== file);
      this.#showTray();
      this.#changed();
      this.focus();
    };
    const preview = isImage(file.type) ? h("img", { src: URL.createObjectURL(file), alt: "" }) : icon("file");
    const text = h(
      "span",
      { class: "document-text" },
      h("span", { class: "document-name", text: file.name }),
      h("span", { class: "document-size", text: this.#texts.size(file.size) }),
    );
    const button = h(
      "button",
      {
        type: "button",
        class: "remove",
        "aria-label": this.#texts.text("remove_file", { name: file.name }),
        on: { click: remove },
      },
      icon("close"),
    );
    return h("div", { class: "chip" }, preview, text, button);
  }
}
