/** Everything that is seen: puts launcher and panel together and shows them what the conversation holds. */
import { FileStore, Lightbox } from "./attachments.js";
import { Composer } from "./composer.js";
import { h } from "./dom.js";
import { emptyState } from "./empty.js";
import { Launcher } from "./launcher.js";
import { Log, rowKey } from "./log.js";
import { Panel } from "./panel.js";

export class View {
  #conversation;
  #texts;
  #files;
  #notice = null;

  /** @param actions {toggle(), close(), send({text, payload, files}), newConversation(), hosts(), limits()} */
  constructor(conversation, texts, actions) {
    this.#conversation = conversation;
    this.#texts = texts;
    this.#files = new FileStore((id) => conversation.download(id));
    this.lightbox = new Lightbox(texts);
    this.launcher = new Launcher(texts, actions.toggle);
    this.composer = new Composer(texts, {
      send: (message) => actions.send(message),
      typing: () => conversation.tellTyping(),
      limits: actions.limits,
    });
    this.log = new Log(
      texts,
      {
        hosts: actions.hosts,
        choose: (button) => actions.send({ text: button.title, payload: button.payload }),
        retry: (key) => conversation.outbox.retry(key),
        discard: (key) => conversation.outbox.remove(key),
        showImage: (url, name) => this.lightbox.show(url, name),
        problem: (text) => this.composer.tell(text),
        seen: () => this.seen(),
      },
      emptyState(texts, (text) => actions.send({ text })),
    );
    this.panel = new Panel(
      texts,
      {
        close: actions.close,
        newConversation: actions.newConversation,
        retry: () => conversation.wake(),
        files: (files) => this.composer.addFiles(files),
      },
      this.log,
      this.composer,
    );
    // An empty title keeps the browser from showing the element's own title as a tooltip everywhere.
    this.node = h(
      "div",
      { class: "root", title: "", lang: texts.language, dir: texts.direction },
      this.panel.node,
      this.launcher.node,
      this.lightbox.node,
    );
  }

  get isOpen() {
    return !this.panel.node.hidden;
  }

  setOpen(isOpen) {
    this.panel.node.hidden = !isOpen;
    this.node.classList.toggle("open", isOpen);
    if (isOpen) this.log.toEnd();
  }

  /** The customer looks at the end of the list. */
  seen() {
    if (this.isOpen && this.log.isAtEnd && document.visibilityState === "visible") this.#conversation.markRead();
  }

  /** Shows what the conversation holds now. */
  render(title) {
    const { timeline, outbox, connection, session, owner, agentName, typing, isLoaded } = this.#conversation;
    const rows = [
      ...timeline.messages.map((it) => this.#committedRow(it)),
      ...outbox.entries.map((it) => this.#unsentRow(it)),
    ];
    const isLoading = rows.length === 0 && connection.state === "connecting" && session.current !== null;
    if (this.#notice) rows.unshift(this.#notice);
    this.log.render(rows, { now: new Date(), isLoading, isLoaded, typing });
    this.seen();
    this.panel.update({ title, owner, agentName, typing, connection: connection.state, canRenew: rows.length > 0 });
    this.launcher.update({ isOpen: this.isOpen, unread: this.#conversation.unread });
  }

  /** A line of the widget's own at the top of the list. */
  note(key) {
    this.#notice = key && {
      key,
      author: "system",
      kind: key,
      text: this.#texts.text(key),
      name: null,
      createdAt: new Date(),
      files: [],
      buttons: [],
      state: null,
      code: null,
    };
  }

  /** Nothing of the conversation may stay behind. */
  clear() {
    this.#files.clear();
    this.composer.draft = "";
    this.composer.tell("");
  }

  dispose() {
    this.#files.clear();
    this.log.dispose();
    this.node.remove();
  }

  #committedRow(message) {
    return {
      key: rowKey(message),
      author: message.author,
      kind: message.kind ?? "text",
      text: message.text ?? "",
      name: message.agent_name ?? null,
      createdAt: new Date(message.created_at),
      files: (message.attachments ?? []).map((it) => this.#storedFile(it)),
      buttons: message.buttons ?? [],
      state: message.author === "customer" ? "sent" : null,
      code: null,
    };
  }

  #unsentRow(entry) {
    const local = entry.files.map((file) => ({
      name: file.name,
      type: file.type,
      size: file.size,
      url: () => this.#files.local(file),
    }));
    return {
      key: entry.clientId,
      author: "customer",
      kind: "text",
      text: entry.text,
      name: null,
      createdAt: new Date(entry.createdAt),
      files: [...entry.attachments.map((it) => this.#storedFile(it)), ...local],
      buttons: [],
      payload: entry.payload,
      state: entry.state,
      code: entry.code,
    };
  }

  #storedFile({ id, name, content_type: type, size }) {
    return { name, type, size, url: () => this.#files.url(id, type) };
  }
}
