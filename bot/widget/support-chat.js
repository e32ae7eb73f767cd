/**
 * <support-chat>: the support desk's chat on any page. No build step, no dependencies.
 *
 *     <script src="https://HOST/widget/support-chat.js"></script><support-chat></support-chat>
 *
 * README.md beside this file lists the attributes, methods, events and what a page's content security policy must
 * allow. This file is a classic script on purpose, so that the tag above is all that a page needs; the rest are ES
 * modules that it imports from its own address. The element's methods work at once: they wait for the modules.
 */
(() => {
  "use strict";

  if (customElements.get("support-chat")) return;

  // currentScript is null when a page loads this file with type="module" or bundles the tag by script.
  const script = document.currentScript ?? document.querySelector('script[src*="/support-chat.js"]');
  const base = new URL(".", script ? script.src : document.baseURI);
  const WATCHED = ["accent", "lang", "official-hosts", "open", "position", "server", "theme", "title"];

  class SupportChat extends HTMLElement {
    static observedAttributes = WATCHED;

    #root = this.attachShadow({ mode: "open" });
    #widget = null; // a promise of the Widget while this element is in a document

    connectedCallback() {
      this.#widget ??= this.#load();
    }

    disconnectedCallback() {
      const widget = this.#widget;
      this.#widget = null;
      widget?.then((it) => it?.stop());
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after) this.#widget?.then((it) => it?.attributeChanged(name));
    }

    /** Shows the panel. */
    async open() {
      (await this.#widget)?.open();
    }

    /** Hides the panel; the conversation goes on, and new messages count on the launcher. */
    async close() {
      (await this.#widget)?.close();
    }

    /** Shows the panel and sends `text` in the customer's name, for example from a "report this" link. */
    async send(text) {
      (await this.#widget)?.send(String(text));
    }

    /** Forgets the conversation on this device. Call it when the customer signs out. */
    async newConversation() {
      await (await this.#widget)?.newConversation();
    }

    async #load() {
      try {
        const { Widget } = await import(new URL("widget.js", base).href);
        const widget = new Widget(this, this.#root, base);
        await widget.start();
        return widget;
      } catch (error) {
        console.error("support-chat could not load from", base.href, error);
        this.dispatchEvent(
          new CustomEvent("support-chat-error", { detail: { code: "load_failed" }, bubbles: true, composed: true }),
        );
        return null;
      }
    }
  }

  customElements.define("support-chat", SupportChat);
})();
