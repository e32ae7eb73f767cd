/** One message in the list. */
import { attachmentView } from "./attachments.js";
import { h, hiddenText, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";
import { isRating, quickReplies, ratingRow } from "./quick-replies.js";
import { renderText } from "./rich-text.js";

const STATE_ICONS = { sending: "clock", queued: "clock", sent: "check", failed: "alert" };
const NOTICE_ICONS = { redacted_notice: "shield", agent_joined: "person" };

/**
 * @typedef {object} Row what the list shows of a committed or an unsent message
 * @property {string} key stays the same when an unsent message is committed
 * @property {"customer"|"assistant"|"agent"|"system"} author
 * @property {string} kind
 * @property {string} text
 * @property {string|null} name the agent's
 * @property {Date} createdAt
 * @property {object[]} files see attachmentView
 * @property {{title, payload}[]} buttons
 * @property {null|"sending"|"queued"|"sent"|"failed"} state of the customer's own
 * @property {string|null} code why it failed
 */

export class MessageView {
  #texts;
  #actions;
  #shown = {};

  /** @param actions {hosts(), choose(button), retry(key), discard(key), showImage(url, name), problem(text)} */
  constructor(row, texts, actions) {
    this.#texts = texts;
    this.#actions = actions;
    this.key = row.key;
    this.isNotice = row.author === "system" && row.buttons.length === 0;
    const kind = /^emergency/.test(row.kind) ? "urgent" : "";
    this.bubble = h("div", { class: `bubble ${kind}`, dir: "auto" });
    this.name = h("div", { class: "author", "aria-hidden": "true" });
    this.meta = h("div", { class: "meta" });
    this.after = h("div", { class: "after" });
    this.node = this.isNotice
      ? h("div", { class: "message notice", "data-key": row.key, "data-kind": row.kind }, this.bubble)
      : h(
          "div",
          {
            class: `message ${row.author === "customer" ? "mine" : "theirs"}`,
            "data-key": row.key,
            "data-kind": row.kind,
          },
          this.name,
          this.bubble,
          this.meta,
          this.after,
        );
  }

  /** @param place {isFirst, isLast} in its group, {areButtonsLive, rated} for its buttons */
  update(row, place) {
    this.#showContent(row);
    if (this.isNotice) return;
    this.node.classList.toggle("first", place.isFirst);
    this.node.classList.toggle("last", place.isLast);
    setText(this.name, row.author === "customer" ? "" : authorName(row, this.#texts));
    this.name.hidden = !place.isFirst || row.author === "customer" || row.author === "system";
    this.#showMeta(row, place.isLast);
    this.#showButtons(row, place);
    setAttribute(this.node, "data-state", row.state);
  }

  #showContent(row) {
    if (this.#shown.text === row.text && this.#shown.files === row.files.length) return;
    const { text, files } = this.#shown;
    this.#shown.text = row.text;
    this.#shown.files = row.files.length;
    if (text !== row.text) {
      this.textNode?.remove();
      const plain =
        row.author === "customer" ? [h("p", { text: row.text })] : renderText(row.text, this.#actions.hosts());
      this.textNode = h("div", { class: `text ${/^(answer|article)/.test(row.kind) ? "titled" : ""}` }, plain);
      this.textNode.hidden = row.text === "";
      const notice = NOTICE_ICONS[row.kind];
      const said = hiddenText(`${authorName(row, this.#texts)}: `);
      this.bubble.prepend(
        ...(text === undefined ? [...(this.isNotice && notice ? [icon(notice)] : []), said] : []),
        this.textNode,
      );
    }
    if (files !== row.files.length) {
      this.filesNode?.remove();
      this.filesNode = h(
        "div",
        { class: "files" },
        row.files.map((file) => attachmentView(file, this.#texts, this.#actions)),
      );
      if (row.files.length > 0) this.bubble.append(this.filesNode);
    }
    this.bubble.classList.toggle("bare", row.text === "" && row.files.length > 0);
  }

  #showMeta(row, isLast) {
    const isWaiting = row.state !== null && row.state !== "sent";
    this.meta.hidden = !isLast && !isWaiting;
    const key = `${row.state}:${row.createdAt.getTime()}:${row.code}`;
    if (this.#shown.meta === key) return;
    this.#shown.meta = key;
    const time = h("time", { datetime: row.createdAt.toISOString(), text: this.#texts.time(row.createdAt) });
    const state =
      row.state &&
      h(
        "span",
        { class: "state" },
        icon(STATE_ICONS[row.state]),
        h("span", { class: row.state === "sent" ? "hidden-text" : "", text: this.#texts.text(`state_${row.state}`) }),
      );
    this.meta.replaceChildren(...(row.state === "failed" ? [state] : [time, state].filter(Boolean)));
    this.node.querySelector(".failure")?.remove();
    if (row.state === "failed") this.meta.after(this.#failure(row));
  }

  #failure(row) {
    const texts = this.#texts;
    const reason = texts.has(`failed_${row.code}`) ? `failed_${row.code}` : "failed_other";
    return h(
      "div",
      { class: "failure" },
      h("span", { text: texts.text(reason) }),
      h("button", {
        type: "button",
        class: "plain retry",
        text: texts.text("retry"),
        on: { click: () => this.#actions.retry(row.key) },
      }),
      h("button", {
        type: "button",
        class: "plain discard",
        text: texts.text("discard"),
        on: { click: () => this.#actions.discard(row.key) },
      }),
    );
  }

  #showButtons(row, { areButtonsLive, rated }) {
    const rating = isRating(row.buttons);
    const isShown = row.buttons.length > 0 && (areButtonsLive || (rating && rated !== null));
    const key = isShown ? `${areButtonsLive}:${rated}` : "";
    if (this.#shown.buttons === key) return;
    this.#shown.buttons = key;
    const { choose } = this.#actions;
    const buttons = () =>
      rating ? ratingRow(row.buttons, this.#texts, rated, choose) : quickReplies(row.buttons, this.#texts, choose);
    this.after.replaceChildren(...(isShown ? [buttons()] : []));
  }
}

function authorName(row, texts) {
  if (row.author === "agent" && row.name) return row.name;
  return texts.text(`author_${row.author}`);
}
