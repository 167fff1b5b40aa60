// The draft of a page: the scenario as it was read, the changes on top, and what the preview says of both.

import { createContext, useContext, useEffect, useState } from "../../preact.js";
import { kindOf, valueAt, withValue } from "./changes.js";

/** @typedef {import("./changes.js").Change} Change */
/** @typedef {import("../../parts/problems.js").Problem} Problem */

/**
 * @typedef {object} Draft
 * @property {Api.Scenario} scenario
 * @property {Change[]} changes
 * @property {(changes: Change[]) => void} become
 * @property {Api.ScenarioPreview} [preview] of the draft
 * @property {Api.ScenarioPreview} [plan] of what is saved
 * @property {Problem[]} problems with their place in the document where they have one
 */

const Drafting = createContext(/** @type {Draft | null} */ (null));
export const DraftProvider = Drafting.Provider;

/** @returns {Draft} */
export function useDraft() {
  const draft = useContext(Drafting);
  if (!draft) throw new Error("There is no draft here.");
  return draft;
}

/**
 * One value of the document in the draft.
 * @param {string} path @param {any} original
 * @returns {{ value: any, changed: boolean, problems: Problem[], set: (value: any) => void }}
 */
export function useValue(path, original) {
  const { changes, become, problems } = useDraft();
  const value = valueAt(changes, path, original);
  return {
    value, changed: JSON.stringify(value) !== JSON.stringify(original),
    problems: problems.filter((problem) => problem.path === path && problem.severity !== "WARNING"),
    set: (next) => become(withValue(changes, path, next, original)),
  };
}

/** Problems of a change are problems of the place that it is about. @param {Problem[]} problems @param {Change[]} changes @returns {Problem[]} */
export const placed = (problems, changes) => problems.map((problem) => {
  const [, number] = problem.path?.match(/^changes\.(\d+)\./) ?? [];
  const change = number && changes[Number(number)];
  return change ? { ...problem, path: change.setValue?.path ?? kindOf(change)[0], change } : problem;
});

/** A value that has stood still for a moment. @template T @param {T} value @param {number} milliseconds @returns {T} */
export function useSettled(value, milliseconds) {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(() => value), milliseconds);
    return () => clearTimeout(timer);
  }, [JSON.stringify(value)]);
  return settled;
}
