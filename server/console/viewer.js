// Who is asking, and what they may do.

import { useAnswer } from "./answers.js";
import { createContext, useContext } from "./preact.js";

const VIEWER = /* GraphQL */ `query Viewer { viewer { role scopes expiresAt organisation { name kind } member { name email } token { label } } }`;

/** @typedef {import("./answers.js").Answer<{ viewer: Api.Viewer }>} ViewerAnswer */

const Viewing = createContext(/** @type {Api.Viewer | null} */ (null));
export const ViewerProvider = Viewing.Provider;

/** @returns {ViewerAnswer} */
export const useViewerAnswer = () => useAnswer(VIEWER);

/** @returns {Api.Viewer | null} */
export const useViewer = () => useContext(Viewing);

/** @param {Api.Scope} scope @returns {boolean} whether who is signed in may do it */
export const useMay = (scope) => useContext(Viewing)?.scopes.includes(scope) ?? false;
