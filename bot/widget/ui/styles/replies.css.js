export default /* css */ `
.after {
  align-self: stretch;
}
.after:empty {
  display: none;
}
.replies {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  margin-block-start: 9px;
}
.reply {
  max-inline-size: 100%;
  padding: 7px 14px;
  border: 1px solid color-mix(in srgb, var(--link) 42%, var(--surface));
  border-radius: 18px;
  background: var(--surface);
  color: var(--link);
  font-size: 14px;
  font-weight: 550;
  line-height: 1.4;
  overflow-wrap: anywhere;
  transition:
    background 0.15s ease,
    border-color 0.15s ease;
}
.reply:hover:enabled {
  background: var(--tint);
  border-color: var(--link);
}
.reply:disabled {
  opacity: 0.5;
}

.rating {
  inline-size: min(272px, 100%);
  margin-block-start: 10px;
}
.rating-row {
  display: grid;
  grid-template-columns: repeat(5, 1fr);
  gap: 8px;
}
.rate {
  block-size: 44px;
  border: 1px solid var(--line);
  border-radius: 12px;
  background: var(--surface);
  font-weight: 600;
  text-align: center;
  font-variant-numeric: tabular-nums;
  transition:
    background 0.15s ease,
    border-color 0.15s ease;
}
.rate:hover:enabled {
  border-color: var(--link);
  background: var(--tint);
  color: var(--link);
}
.rate:disabled {
  color: var(--text-3);
}
.rate[aria-pressed="true"] {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--accent-text);
}
.rating-ends {
  display: flex;
  justify-content: space-between;
  margin-block-start: 5px;
  color: var(--text-3);
  font-size: 12px;
}
`;
