/** The open chat: header, connection banner, messages, composer, and the question before a new conversation. */
import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

const BANNER_MS = 1500; // short interruptions are nobody's business

export class Panel {
  #texts;
  #bannerTimer = 0;
  #isDisconnected = false;

  /** @param actions {close(), newConversation(), retry(), files(files)} */
  constructor(texts, actions, log, composer) {
    this.#texts = texts;
    this.avatar = h("div", { class: "avatar", "aria-hidden": "true" });
    this.title = h("h2", { class: "title", id: "title" });
    this.who = h("div", { class: "who" });
    const button = (name, key, click) =>
      h(
        "button",
        { type: "button", class: "tool", "aria-label": texts.text(key), title: texts.text(key), on: { click } },
        icon(name),
      );
    this.renew = button("compose", "new_conversation", () => this.ask());
    const header = h(
      "div",
      { class: "header" },
      this.avatar,
      h("div", { class: "heading" }, this.title, this.who),
      this.renew,
      button("down", "close", actions.close),
    );
    this.banner = h(
      "div",
      { class: "banner", hidden: true },
      icon("offline"),
      h("span", { text: texts.text("offline_banner") }),
      h("button", { type: "button", class: "plain", text: texts.text("retry_now"), on: { click: actions.retry } }),
    );
    this.status = h("div", { class: "hidden-text", role: "status" });
    this.alert = h("div", { class: "hidden-text", role: "alert" });
    this.drop = h(
      "div",
      { class: "drop", "aria-hidden": "true" },
      icon("clip"),
      h("span", { text: texts.text("drop_here") }),
    );
    this.question = this.#question(actions.newConversation);
    this.node = h(
      "section",
      {
        class: "panel",
        id: "panel",
        role: "dialog",
        "aria-modal": "false",
        "aria-labelledby": "title",
        tabindex: "-1",
        hidden: true,
      },
      header,
      this.banner,
      log.node,
      composer.node,
      this.question,
      this.drop,
      this.status,
      this.alert,
    );
    this.node.addEventListener("keydown", (event) => this.#escape(event, actions.close));
    this.#listenToDrags(actions.files);
  }

  /** @param state {title, owner, agentName, typing, connection, canRenew} */
  update(state) {
    setText(this.title, state.title);
    setText(this.who, this.#whoText(state));
    const isAgent = state.owner === "agent";
    setAttribute(this.node, "data-owner", state.owner);
    setAttribute(this.node, "data-connection", state.connection);
    const face = isAgent && state.agentName ? initial(state.agentName) : null;
    const key = face ?? (isAgent ? "person" : "spark");
    if (this.avatar.dataset.face !== key) {
      this.avatar.dataset.face = key;
      this.avatar.replaceChildren(face ?? icon(key));
    }
    this.renew.hidden = !state.canRenew;
    this.#showBanner(state.connection === "offline" || (this.#isDisconnected && state.connection === "connecting"));
    setText(this.status, state.typing ? this.#texts.text(`typing_${state.typing}`) : "");
  }

  /** Has something read out at once; shown elsewhere. */
  announce(text) {
    this.alert.textContent = text;
  }

  /** Asks before the conversation is forgotten. */
  ask() {
    this.question.hidden = false;
    this.question.querySelector(".cancel").focus();
  }

  #whoText({ connection, owner, agentName, typing }) {
    if (connection === "offline") return this.#texts.text("who_offline");
    if (connection === "connecting") return this.#texts.text("who_connecting");
    if (typing) return this.#texts.text(`typing_${typing}`);
    if (owner === "agent")
      return agentName ? this.#texts.text("who_agent", { name: agentName }) : this.#texts.text("who_agent_unnamed");
    return this.#texts.text(`who_${owner}`);
  }

  #showBanner(isDisconnected) {
    if (isDisconnected === this.#isDisconnected) return;
    this.#isDisconnected = isDisconnected;
    clearTimeout(this.#bannerTimer);
    if (isDisconnected) {
      this.#bannerTimer = setTimeout(() => {
        this.banner.hidden = false;
        setText(this.status, this.#texts.text("offline_banner"));
      }, BANNER_MS);
    } else {
      this.banner.hidden = true;
    }
  }

  #question(confirm) {
    const done = () => {
      this.question.hidden = true;
      this.renew.focus();
    };
    const texts = this.#texts;
    const cancel = h("button", {
      type: "button",
      class: "secondary cancel",
      text: texts.text("cancel"),
      on: { click: done },
    });
    const yes = h("button", {
      type: "button",
      class: "primary",
      text: texts.text("new_conversation_yes"),
      on: { click: () => (done(), confirm()) },
    });
    const card = h(
      "div",
      { class: "card", role: "alertdialog", "aria-labelledby": "question", "aria-describedby": "question-note" },
      h("h3", { id: "question", text: texts.text("new_conversation_question") }),
      h("p", { id: "question-note", text: texts.text("new_conversation_note") }),
      h("div", { class: "choices" }, cancel, yes),
    );
    return h("div", { class: "question", hidden: true }, card);
  }

  #escape(event, close) {
    if (event.key !== "Escape" || event.isComposing || event.keyCode === 229) return;
    event.stopPropagation();
    if (this.question.hidden) close();
    else this.question.querySelector(".cancel").click();
  }

  #listenToDrags(files) {
    let depth = 0; // dragenter and dragleave come for every child
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const show = (isOver) => this.node.classList.toggle("dragging", isOver);
    this.node.addEventListener("dragenter", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth += 1;
      show(true);
    });
    this.node.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    this.node.addEventListener("dragleave", (event) => {
      if (hasFiles(event)) depth -= 1;
      if (depth <= 0) show(false);
    });
    this.node.addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      show(false);
      files([...event.dataTransfer.files]);
    });
  }
}

function initial(name) {
  return [...new Intl.Segmenter().segment(name.trim())][0]?.segment.toUpperCase() ?? null;
}
