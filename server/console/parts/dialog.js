// A question that has to be answered before anything else goes on.

import { html, useEffect, useId, useRef } from "../preact.js";

/** @param {{ title: string, onClose: () => void, children: any, actions?: any }} props */
export function Dialog({ title, onClose, children, actions }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => { if (before instanceof HTMLElement) before.focus(); };
  }, []);
  return html`<dialog ref=${box} aria-labelledby=${id} onCancel=${(/** @type {Event} */ event) => { event.preventDefault(); onClose(); }}>
    <h2 id=${id}>${title}</h2>
    ${children}
    ${actions && html`<div class="actions">${actions}</div>`}
  </dialog>`;
}
