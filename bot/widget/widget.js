/** The widget behind <support-chat>: attributes and methods in, events out; conversation and view in between. */
import { Api } from "./core/api.js";
import { Conversation } from "./core/conversation.js";
import { chooseLanguage, loadTexts } from "./core/languages.js";
import { Appearance } from "./ui/appearance.js";
import { View } from "./ui/view.js";

export class Widget {
  #host;
  #root;
  #base;
  #conversation;
  #view = null;
  #texts = null;
  #appearance;
  #isRenderPlanned = false;
  #unread = 0;
  #listening = new AbortController();
  #pageLanguage = new MutationObserver(() => this.#showLanguage());

  constructor(host, root, base) {
    this.#host = host;
    this.#root = root;
    this.#base = base;
    this.#conversation = this.#makeConversation();
    this.#appearance = new Appearance(host, root, () => this.#appearance.apply(this.#view.node));
  }

  async start() {
    await this.#showLanguage();
    this.#pageLanguage.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
    const options = { signal: this.#listening.signal };
    window.addEventListener("online", () => this.#conversation.wake(), options);
    window.addEventListener("offline", () => this.#conversation.connection.lost(), options);
    window.addEventListener("pageshow", (event) => event.persisted && this.#conversation.wake(), options);
    document.addEventListener("visibilitychange", () => this.#pageShown(), options);
    this.#conversation.resume();
    if (this.#host.hasAttribute("open")) this.open({ focus: false });
    this.#emit("ready", {});
  }

  stop() {
    this.#listening.abort();
    this.#pageLanguage.disconnect();
    this.#conversation.stop();
    this.#appearance.dispose();
    this.#view.dispose();
  }

  open({ focus = true } = {}) {
    if (!this.#view.isOpen) {
      this.#conversation.start();
      this.#view.setOpen(true);
      this.#host.toggleAttribute("open", true);
      this.#render();
      this.#emit("open", {});
    }
    if (focus) this.#focusInside();
  }

  close() {
    if (!this.#view.isOpen) return;
    const hadFocus = this.#root.activeElement !== null;
    this.#view.setOpen(false);
    this.#host.toggleAttribute("open", false);
    this.#render();
    if (hadFocus) this.#view.launcher.node.focus({ preventScroll: true });
    this.#emit("close", {});
  }

  send(text) {
    if (!text.trim()) return;
    this.open();
    this.#send({ text: text.trim() });
  }

  async newConversation() {
    this.#conversation.forget(this.#view.isOpen);
    if (this.#view.isOpen) this.#focusInside();
  }

  attributeChanged(name) {
    if (name === "open") {
      if (this.#host.hasAttribute("open") !== this.#view.isOpen)
        this.#view.isOpen ? this.close() : this.open({ focus: false });
    } else if (name === "lang") {
      this.#showLanguage();
    } else if (name === "server") {
      this.#conversation.stop();
      this.#conversation = this.#makeConversation();
      this.#buildView();
      this.#conversation.resume();
    } else {
      this.#appearance.apply(this.#view.node);
      this.#render();
    }
  }

  #makeConversation() {
    const server = (this.#host.getAttribute("server") ?? this.#base.origin).replace(/\/+$/, "");
    const locale = () => chooseLanguage(this.#host).locale;
    return new Conversation(new Api(server), server, locale, {
      changed: () => this.#planRender(),
      status: () => this.#planRender(),
      arrived: (messages) => this.#arrived(messages),
      failed: (entry) => {
        this.#view.panel.announce(this.#texts.text("message_failed"));
        this.#emit("error", { code: entry.code });
      },
      refused: (code, message) => this.#emit("error", { code, message }),
      restarted: (expired) => {
        this.#view.clear();
        this.#view.note(expired ? "session_replaced" : null);
        this.#planRender();
      },
    });
  }

  /** Builds the view anew when the language of the page or of the element is another one. */
  async #showLanguage() {
    for (;;) {
      const { language } = chooseLanguage(this.#host);
      if (language === this.#texts?.language) return;
      const texts = await loadTexts(this.#base, language);
      if (chooseLanguage(this.#host).language !== language) continue; // changed again while loading
      if (language === this.#texts?.language) return; // another call was faster
      this.#texts = texts;
      this.#buildView();
      return;
    }
  }

  #buildView() {
    const before = this.#view;
    const isOpen = before?.isOpen ?? false;
    this.#view = new View(this.#conversation, this.#texts, {
      toggle: () => (this.#view.isOpen ? this.close() : this.open()),
      close: () => this.close(),
      send: (message) => this.#send(message),
      newConversation: () => this.newConversation(),
      hosts: () => this.#officialHosts(),
      limits: () => this.#conversation.session.current ?? {},
    });
    this.#view.composer.draft = before?.composer.draft ?? "";
    before?.dispose();
    this.#appearance.apply(this.#view.node);
    this.#root.append(this.#view.node);
    this.#view.setOpen(isOpen);
    this.#render();
  }

  #send(message) {
    this.#view.log.toEnd();
    this.#conversation.send(message);
  }

  #arrived(messages) {
    this.#render();
    this.#view.log.arrived(messages);
    for (const { seq, author, kind, text } of messages) this.#emit("message", { seq, author, kind, text });
  }

  /** Several changes in one turn are shown once. */
  #planRender() {
    if (this.#isRenderPlanned) return;
    this.#isRenderPlanned = true;
    queueMicrotask(() => {
      this.#isRenderPlanned = false;
      if (!this.#listening.signal.aborted) this.#render();
    });
  }

  #render() {
    this.#view.render(this.#host.getAttribute("title") || this.#texts.text("title"));
    const { unread } = this.#conversation;
    if (unread !== this.#unread) {
      this.#unread = unread;
      this.#emit("unread", { count: unread });
    }
  }

  #pageShown() {
    if (document.visibilityState !== "visible") return;
    this.#conversation.wake();
    this.#render();
  }

  /** On a touch screen the keyboard would cover half of what the customer came to read. */
  #focusInside() {
    if (matchMedia("(pointer: coarse)").matches) this.#view.panel.node.focus({ preventScroll: true });
    else this.#view.composer.focus();
  }

  /** The hosts that messages may link to: what the gateway lists, and the attribute `official-hosts`. */
  #officialHosts() {
    const listed = (this.#host.getAttribute("official-hosts") ?? "").split(/[\s,]+/).filter(Boolean);
    return new Set(
      [...(this.#conversation.session.current?.official_hosts ?? []), ...listed].map((it) => it.toLowerCase()),
    );
  }

  #emit(name, detail) {
    this.#host.dispatchEvent(new CustomEvent(`support-chat-${name}`, { detail, bubbles: true, composed: true }));
  }
}
