export default /* css */ `
.log {
  position: relative;
  flex: 1;
  min-block-size: 0;
  display: flex;
}
.scroller {
  flex: 1;
  overflow: hidden auto;
  overscroll-behavior: contain;
  padding: 16px 16px 10px;
  scrollbar-width: thin;
  scrollbar-color: var(--surface-3) transparent;
}
.scroller:focus-visible {
  outline-offset: -3px;
}

.day {
  display: flex;
  align-items: center;
  gap: 12px;
  margin: 10px 0 14px;
  color: var(--text-3);
  font-size: 12px;
}
.day:first-child {
  margin-block-start: 0;
}
.day::before,
.day::after {
  content: "";
  flex: 1;
  border-block-start: 1px solid var(--line);
}

.message {
  display: flex;
  flex-direction: column;
  align-items: flex-start;
  margin-block-start: 3px;
  animation: message-in 0.2s ease;
}
.message.first {
  margin-block-start: 14px;
}
.day + .message {
  margin-block-start: 0;
}
.message.mine {
  align-items: flex-end;
}
@keyframes message-in {
  from {
    opacity: 0;
    transform: translateY(6px);
  }
}

.author {
  margin-block-end: 4px;
  padding-inline: 2px;
  color: var(--text-2);
  font-size: 12.5px;
  font-weight: 600;
}
.bubble {
  max-inline-size: 88%;
  padding: 10px 14px;
  border-radius: 16px;
  background: var(--surface-2);
  overflow-wrap: anywhere;
  word-break: normal;
  line-break: strict;
}
.mine .bubble {
  max-inline-size: 82%;
  background: var(--accent);
  color: var(--accent-text);
}
.theirs .bubble {
  border-end-start-radius: 6px;
}
.mine .bubble {
  border-end-end-radius: 6px;
}
.mine .text p {
  white-space: pre-wrap;
}
.text > * + * {
  margin-block-start: 9px;
}
.titled > p:first-child {
  font-weight: 650;
}
.code {
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font-size: 0.9em;
  word-break: break-all;
}

.steps,
.bullets {
  display: grid;
  gap: 8px;
}
.steps li,
.bullets li {
  display: flex;
  gap: 10px;
}
.step-text {
  flex: 1;
  min-inline-size: 0;
}
.step-mark {
  flex: none;
}
.steps .step-mark {
  inline-size: 21px;
  block-size: 21px;
  margin-block-start: 1px;
  border-radius: 50%;
  background: color-mix(in srgb, var(--link) 14%, var(--surface));
  color: var(--link);
  font-size: 12px;
  font-weight: 650;
  line-height: 21px;
  text-align: center;
  font-variant-numeric: tabular-nums;
}
.bullets .step-mark {
  color: var(--text-3);
}

.bubble.urgent {
  background: var(--bad-surface);
  box-shadow: inset 3px 0 0 var(--bad);
}
[dir="rtl"] .bubble.urgent {
  box-shadow: inset -3px 0 0 var(--bad);
}
.urgent .steps .step-mark {
  background: var(--bad);
  color: var(--surface);
}
.urgent a {
  color: var(--bad);
  font-weight: 600;
}

.notice {
  align-items: center;
  margin-block: 14px;
}
.notice .bubble {
  display: flex;
  align-items: flex-start;
  gap: 7px;
  max-inline-size: 94%;
  padding: 7px 14px;
  border-radius: 12px;
  background: var(--tint);
  color: var(--text-2);
  font-size: 13px;
  line-height: 1.5;
}
.notice .icon {
  inline-size: 17px;
  block-size: 17px;
  margin-block-start: 1px;
  color: var(--link);
}

.meta {
  display: flex;
  align-items: center;
  gap: 5px;
  margin-block-start: 4px;
  padding-inline: 2px;
  color: var(--text-3);
  font-size: 11.5px;
  line-height: 16px;
  font-variant-numeric: tabular-nums;
}
.state {
  display: inline-flex;
  align-items: center;
  gap: 3px;
}
.state .icon {
  inline-size: 14px;
  block-size: 14px;
  stroke-width: 2;
}
[data-state="failed"] .meta {
  color: var(--bad);
  font-weight: 600;
}
[data-state="sending"] .bubble,
[data-state="queued"] .bubble {
  opacity: 0.78;
}
[data-state="failed"] .bubble {
  background: var(--bad-surface);
  color: var(--text);
}
.failure {
  display: flex;
  flex-wrap: wrap;
  justify-content: flex-end;
  gap: 2px 12px;
  max-inline-size: 88%;
  margin-block-start: 2px;
  color: var(--text-2);
  font-size: 12.5px;
}
.failure .retry {
  color: var(--link);
}
`;
