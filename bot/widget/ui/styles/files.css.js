export default /* css */ `
.files {
  display: grid;
  gap: 8px;
}
.text:not([hidden]) + .files {
  margin-block-start: 9px;
}
.bubble.bare {
  padding: 4px;
  background: var(--surface-2);
  color: var(--text);
}
.picture {
  display: block;
  inline-size: 216px;
  max-inline-size: 100%;
  aspect-ratio: 4 / 3;
  border-radius: 12px;
  overflow: hidden;
  background: var(--surface-3);
}
.picture img {
  display: block;
  inline-size: 100%;
  block-size: 100%;
  object-fit: cover;
}
.picture.loading {
  animation: breathe 1.6s ease-in-out infinite;
}
.picture.loading img {
  visibility: hidden;
}
.document {
  display: flex;
  align-items: center;
  gap: 10px;
  inline-size: 236px;
  max-inline-size: 100%;
  padding: 9px 12px;
  border-radius: 12px;
  background: var(--surface);
  color: var(--text);
  transition: background 0.15s ease;
}
.mine .bubble:not(.bare) .document {
  background: color-mix(in srgb, var(--surface) 94%, var(--accent));
}
.document:hover {
  background: var(--tint);
}
.document .icon {
  color: var(--link);
}
.document-text {
  flex: 1;
  min-inline-size: 0;
  line-height: 1.35;
}
.document-name {
  display: block;
  font-size: 13.5px;
  font-weight: 550;
  overflow-wrap: anywhere;
}
.chip .document-name {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.document-size {
  display: block;
  color: var(--text-3);
  font-size: 12px;
}

.lightbox {
  position: fixed;
  inset: 0;
  inline-size: 100%;
  block-size: 100%;
  max-inline-size: none;
  max-block-size: none;
  margin: 0;
  padding: 24px;
  border: 0;
  background: rgb(6 12 13 / 88%);
}
.lightbox[open] {
  display: grid;
  place-items: center;
}
.lightbox img {
  max-inline-size: calc(100vw - 48px);
  max-block-size: calc(100dvh - 48px);
  border-radius: 8px;
  object-fit: contain;
}
.lightbox-close {
  position: absolute;
  inset-block-start: calc(16px + env(safe-area-inset-top));
  inset-inline-end: 16px;
  display: grid;
  place-items: center;
  inline-size: 44px;
  block-size: 44px;
  border-radius: 50%;
  background: rgb(0 0 0 / 55%);
  color: #fff;
}
.lightbox-close:focus-visible {
  outline-color: #fff;
}
`;
