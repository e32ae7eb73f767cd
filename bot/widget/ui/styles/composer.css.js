export default /* css */ `
.composer {
  padding: 10px 12px calc(10px + env(safe-area-inset-bottom));
  border-block-start: 1px solid var(--line);
}
.problem:not(:empty) {
  margin-block-end: 8px;
  padding: 8px 12px;
  border-radius: 10px;
  background: var(--bad-surface);
  color: var(--bad);
  font-size: 13px;
  line-height: 1.45;
  overflow-wrap: anywhere;
}
.tray {
  display: flex;
  gap: 8px;
  margin-block-end: 8px;
  padding-block: 2px;
  overflow-x: auto;
  scrollbar-width: thin;
}
.chip {
  display: flex;
  align-items: center;
  gap: 8px;
  flex: none;
  max-inline-size: 196px;
  padding: 6px;
  border: 1px solid var(--line);
  border-radius: 12px;
}
.chip img {
  inline-size: 36px;
  block-size: 36px;
  border-radius: 8px;
  object-fit: cover;
}
.chip > .icon {
  margin-inline-start: 4px;
  color: var(--link);
}
.remove {
  display: grid;
  place-items: center;
  flex: none;
  inline-size: 28px;
  block-size: 28px;
  border-radius: 8px;
  color: var(--text-2);
}
.remove:hover {
  background: var(--surface-2);
}
.remove .icon {
  inline-size: 16px;
  block-size: 16px;
}

.field {
  position: relative;
  display: flex;
  align-items: flex-end;
  gap: 4px;
  padding: 4px;
  border: 1px solid var(--line);
  border-radius: 16px;
  background: var(--surface);
  transition:
    border-color 0.15s ease,
    box-shadow 0.15s ease;
}
.field:focus-within {
  border-color: var(--link);
  box-shadow: 0 0 0 3px color-mix(in srgb, var(--link) 12%, transparent);
}
.grow {
  display: grid;
  flex: 1;
  min-inline-size: 0;
  max-block-size: 144px;
  overflow: hidden;
}
.grow > * {
  grid-area: 1 / 1;
  min-inline-size: 0;
  max-block-size: 144px;
  padding: 7px 4px 8px;
  font-size: 15px;
  line-height: 23px;
}
.grow textarea {
  resize: none;
  outline: none;
  overflow: hidden auto;
  scrollbar-width: thin;
  overflow-wrap: anywhere;
}
.grow textarea::placeholder {
  color: var(--text-3);
  opacity: 1;
}
.mirror {
  visibility: hidden;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
  overflow: hidden;
  pointer-events: none;
}
.send {
  background: var(--accent);
  color: var(--accent-text);
}
.send:hover {
  background: var(--accent);
  color: var(--accent-text);
  filter: brightness(1.1);
}
.send:disabled {
  background: var(--surface-2);
  color: var(--text-3);
  filter: none;
}
.note {
  display: flex;
  align-items: center;
  justify-content: center;
  gap: 5px;
  margin-block-start: 8px;
  color: var(--text-3);
  font-size: 11.5px;
  line-height: 16px;
}
.note .icon {
  inline-size: 14px;
  block-size: 14px;
}

@media (pointer: coarse) {
  .grow > * {
    font-size: 16px;
  } /* below 16 px, iOS zooms into the field */
  .tool {
    inline-size: 42px;
    block-size: 42px;
  }
  .grow > * {
    padding-block: 9px 10px;
  }
}
@media (max-height: 420px) {
  .note {
    display: none;
  }
}
`;
