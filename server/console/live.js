// Subscriptions over server-sent events, which go on by themselves where a connection broke.

import { ApiError, post } from "./api.js";
import { lost, pause, reached } from "./connection.js";

const SILENCE_MILLISECONDS = 45_000;
const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 15_000;

/**
 * Every change of something, until it has ended or `signal` says so. The subscription takes `after`, the sequence number
 * of the last change that was seen, so that nothing is missed and nothing told twice.
 * @param {string} query @param {Record<string, unknown>} variables
 * @param {(data: any) => void} seen with the data of each change
 * @param {AbortSignal} signal
 */
export async function watch(query, variables, seen, signal) {
  /** @type {number | null} */
  let after = null;
  let wait = FIRST_PAUSE_MILLISECONDS;
  while (!signal.aborted) {
    try {
      for await (const data of events(query, { ...variables, after }, signal)) {
        after = sequenceOf(data) ?? after;
        wait = FIRST_PAUSE_MILLISECONDS;
        seen(data);
      }
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError) || !error.passes) throw error;
      await pause(Math.max(wait, error.waitSeconds * 1000), signal);
      wait = Math.min(LONGEST_PAUSE_MILLISECONDS, 2 * wait);
    }
  }
}

/** @param {any} data @returns {number | undefined} */
const sequenceOf = (data) => /** @type {any} */ (Object.values(data)[0])?.sequence;

/**
 * @param {string} query @param {object} variables @param {AbortSignal} signal
 * @returns {AsyncGenerator<any>} the data of each event, up to the one that says that there are no more
 */
async function* events(query, variables, signal) {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  signal.addEventListener("abort", leave);
  try {
    const response = await post({ query, variables }, "text/event-stream", leaving.signal);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw await refusal(response);
    for await (const { event, data } of parsed(lines(response, leaving))) {
      if (event === "complete") return;
      const answer = JSON.parse(data);
      if (answer.errors) throw new ApiError("REFUSED", answer.errors[0].message);
      reached();
      yield answer.data;
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
  throw cut();
}

function cut() {
  lost();
  return new ApiError("UNREACHED", "The connection was lost.");
}

/** @param {Response} response */
async function refusal(response) {
  const { errors } = await response.json();
  return new ApiError("REFUSED", errors?.[0]?.message ?? "The server does not stream here.");
}

/** @param {AsyncIterable<string>} read @returns {AsyncGenerator<{ event: string, data: string }>} */
async function* parsed(read) {
  let event = "next", data = "";
  for await (const line of read) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data += line.slice(5).trimStart();
    else if (line === "" && (data || event === "complete")) {
      yield { event, data };
      [event, data] = ["next", ""];
    }
  }
}

/**
 * Line by line; a stream in which not even a sign of life comes is taken for lost.
 * @param {Response} response @param {AbortController} leaving
 * @returns {AsyncGenerator<string>}
 */
async function* lines(response, leaving) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  for (let rest = "";;) {
    const silence = setTimeout(() => leaving.abort(), SILENCE_MILLISECONDS);
    const part = await reader.read().catch(() => { throw cut(); }).finally(() => clearTimeout(silence));
    if (part.done) return;
    const split = (rest + decoder.decode(part.value, { stream: true })).split(/\r?\n/);
    rest = split.pop() ?? "";
    yield* split;
  }
}
