export default /* css */ `
.panel {
  position: fixed;
  z-index: 2147483000;
  inset-block-end: calc(var(--edge) + 74px + env(safe-area-inset-bottom));
  inline-size: 404px;
  max-inline-size: calc(100vw - 2 * var(--edge));
  block-size: min(700px, calc(var(--free-height) - var(--edge) * 2 - 74px));
  display: flex;
  flex-direction: column;
  overflow: hidden;
  border-radius: 20px;
  background: var(--surface);
  box-shadow: var(--shadow);
  animation: panel-in 0.22s cubic-bezier(0.2, 0.8, 0.3, 1);
}
.panel:focus-visible {
  outline: none;
}
[data-position="right"] .panel {
  right: calc(var(--edge) + env(safe-area-inset-right));
  transform-origin: bottom right;
}
[data-position="left"] .panel {
  left: calc(var(--edge) + env(safe-area-inset-left));
  transform-origin: bottom left;
}
@keyframes panel-in {
  from {
    opacity: 0;
    transform: translateY(10px) scale(0.98);
  }
}

.header {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 14px 12px 13px 16px;
  border-block-end: 1px solid var(--line);
}
[dir="rtl"] .header {
  padding: 14px 16px 13px 12px;
}
.avatar {
  position: relative;
  display: grid;
  place-items: center;
  flex: none;
  inline-size: 40px;
  block-size: 40px;
  margin-inline-end: 8px;
  border-radius: 50%;
  background: var(--tint);
  color: var(--link);
  font-weight: 600;
  font-size: 16px;
}
.avatar::after {
  content: "";
  position: absolute;
  inset-block-end: 0;
  inset-inline-end: 0;
  inline-size: 11px;
  block-size: 11px;
  border-radius: 50%;
  background: var(--good);
  box-shadow: 0 0 0 2.5px var(--surface);
}
[data-owner="agent"] .avatar {
  background: var(--accent);
  color: var(--accent-text);
}
[data-owner="queue"] .avatar::after {
  background: #e0a021;
}
[data-connection="connecting"] .avatar::after,
[data-connection="offline"] .avatar::after {
  background: var(--text-3);
}
.heading {
  flex: 1;
  min-inline-size: 0;
}
.title {
  font-size: 16px;
  font-weight: 650;
  line-height: 1.35;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.who {
  color: var(--text-2);
  font-size: 13px;
  line-height: 1.4;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.tool {
  display: grid;
  place-items: center;
  flex: none;
  inline-size: 38px;
  block-size: 38px;
  border-radius: 11px;
  color: var(--text-2);
  transition:
    background 0.15s ease,
    color 0.15s ease;
}
.tool:hover {
  background: var(--surface-2);
  color: var(--text);
}

.banner {
  display: flex;
  align-items: center;
  gap: 10px;
  padding: 9px 16px;
  background: var(--warn-surface);
  color: var(--warn-text);
  font-size: 13px;
  line-height: 1.45;
}
.banner span {
  flex: 1;
}
.banner .icon {
  inline-size: 18px;
  block-size: 18px;
}
.plain {
  flex: none;
  font-weight: 600;
  text-decoration: underline;
  text-underline-offset: 3px;
  text-decoration-thickness: 1px;
  border-radius: 4px;
}

.question {
  position: absolute;
  inset: 0;
  z-index: 3;
  display: grid;
  place-items: center;
  padding: 24px;
  background: rgb(8 18 20 / 45%);
  animation: fade 0.15s ease;
}
.card {
  inline-size: 100%;
  max-inline-size: 320px;
  padding: 22px;
  border-radius: 16px;
  background: var(--surface);
  box-shadow: var(--shadow);
}
.card h3 {
  margin-block-end: 6px;
  font-size: 16px;
  font-weight: 650;
}
.card p {
  color: var(--text-2);
  font-size: 14px;
}
.choices {
  display: flex;
  flex-wrap: wrap;
  justify-content: flex-end;
  gap: 8px;
  margin-block-start: 18px;
}
.primary,
.secondary {
  min-block-size: 38px;
  padding: 7px 16px;
  border-radius: 10px;
  font-size: 14px;
  font-weight: 600;
}
.primary {
  background: var(--accent);
  color: var(--accent-text);
}
.secondary {
  background: var(--surface-2);
}
.secondary:hover {
  background: var(--surface-3);
}
@keyframes fade {
  from {
    opacity: 0;
  }
}

.drop {
  position: absolute;
  inset: 10px;
  z-index: 2;
  display: none;
  place-content: center;
  justify-items: center;
  gap: 8px;
  border: 2px dashed var(--link);
  border-radius: 14px;
  background: color-mix(in srgb, var(--surface) 92%, transparent);
  color: var(--link);
  font-weight: 600;
}
.dragging .drop {
  display: grid;
}

@media (max-width: 479.98px) {
  .panel,
  [data-position] .panel {
    inset: var(--free-top) 0 auto;
    inline-size: auto;
    max-inline-size: none;
    block-size: var(--free-height);
    border-radius: 0;
    box-shadow: none;
    padding-block-start: env(safe-area-inset-top);
    padding-left: env(safe-area-inset-left);
    padding-right: env(safe-area-inset-right);
  }
}
@media (min-width: 480px) and (max-height: 560px) {
  .panel {
    inset-block-end: 12px;
    block-size: calc(var(--free-height) - 24px);
    z-index: 2147483001;
  }
}
`;
