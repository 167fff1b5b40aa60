// Preact, its hooks and htm as modules: index.html has loaded their published files, whose modules name each other by
// bare words that a browser knows from an import map only, and the security policy takes none.

const { h, render, Component, Fragment, createContext, createRef } = globalThis.preact;
const { useCallback, useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useReducer, useRef, useState } =
  globalThis.preactHooks;

/** Markup as a tagged template: html`<p class=${name}>${text}</p>`. */
export const html = globalThis.htm.bind(h);

export { h, render, Component, Fragment, createContext, createRef };
export { useCallback, useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useReducer, useRef, useState };
