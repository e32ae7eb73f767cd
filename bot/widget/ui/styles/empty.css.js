export default /* css */ `
.typing {
  display: flex;
  gap: 4px;
  inline-size: fit-content;
  margin-block-start: 12px;
  padding: 13px 15px;
  border-radius: 16px;
  border-end-start-radius: 6px;
  background: var(--surface-2);
}
.typing i {
  inline-size: 7px;
  block-size: 7px;
  border-radius: 50%;
  background: var(--text-3);
  animation: breathe 1.2s ease-in-out infinite;
}
.typing i:nth-child(2) {
  animation-delay: 0.15s;
}
.typing i:nth-child(3) {
  animation-delay: 0.3s;
}
@keyframes breathe {
  0%,
  60%,
  100% {
    opacity: 0.3;
  }
  30% {
    opacity: 1;
  }
}

.skeleton {
  display: grid;
  gap: 12px;
}
.skeleton i {
  inline-size: 62%;
  block-size: 46px;
  border-radius: 16px;
  background: var(--surface-2);
  animation: breathe 1.6s ease-in-out infinite;
}
.skeleton i:nth-child(2) {
  inline-size: 48%;
  justify-self: end;
}
.skeleton i:nth-child(3) {
  inline-size: 74%;
  block-size: 84px;
}

.jump {
  position: absolute;
  inset-block-end: 10px;
  inset-inline-end: 16px;
  display: flex;
  align-items: center;
  gap: 4px;
  min-block-size: 36px;
  padding: 6px 9px;
  border-radius: 18px;
  background: var(--surface);
  color: var(--link);
  font-size: 13px;
  font-weight: 600;
  box-shadow: var(--shadow);
}
.jump .icon {
  inline-size: 18px;
  block-size: 18px;
}
.jump span:not(:empty) {
  padding-inline-end: 4px;
}

.empty {
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  min-block-size: 100%;
  padding: 8px 4px;
  text-align: center;
}
.empty-mark {
  display: grid;
  place-items: center;
  inline-size: 56px;
  block-size: 56px;
  margin-block-end: 14px;
  border-radius: 18px;
  background: var(--tint);
  color: var(--link);
}
.empty-mark .icon {
  inline-size: 30px;
  block-size: 30px;
  stroke-width: 1.5;
}
.empty h3 {
  font-size: 19px;
  font-weight: 650;
  line-height: 1.4;
}
.empty p {
  margin-block-start: 4px;
  color: var(--text-2);
  font-size: 14px;
  text-wrap: balance;
}
.starters {
  display: grid;
  inline-size: 100%;
  margin-block: 22px 16px;
  border: 1px solid var(--line);
  border-radius: 14px;
  overflow: hidden;
}
.starter {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 10px;
  padding: 12px 14px;
  font-size: 14.5px;
  transition: background 0.15s ease;
}
.starter + .starter {
  border-block-start: 1px solid var(--line);
}
.starter:hover {
  background: var(--surface-2);
}
.starter:focus-visible {
  outline-offset: -2px;
}
.starter .icon {
  inline-size: 17px;
  block-size: 17px;
  color: var(--text-3);
}
[dir="rtl"] .starter .icon {
  transform: scaleX(-1);
}
.safety {
  display: flex;
  align-items: flex-start;
  gap: 7px;
  color: var(--text-2);
  font-size: 12.5px;
  line-height: 1.5;
  text-align: start;
}
.safety .icon {
  inline-size: 18px;
  block-size: 18px;
  color: var(--good);
}
`;
