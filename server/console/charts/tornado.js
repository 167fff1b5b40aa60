// Which assumptions a plan hangs on: what each does, moved a step either way.
import { html, useState } from "../preact.js";
import { Figure } from "./figure.js";
import { Bar as Rect, Columns, LyingSure, SURE } from "./marks.js";
import { NONE, chance, compact, cut, money, points, signed, words } from "./numbers.js";
import { Plot } from "./plot.js";
import { extent, linear } from "./scales.js";

/** @type {["lower" | "higher", string, string][]} */
const SIDES = [["lower", "series-1", "moved down"], ["higher", "series-2", "moved up"]];
/** @typedef {import("./shapes.js").Assumption} Bar */

/** @type {Record<string, "holdingEffect" | "costEffect">} */
const EFFECTS = { holds: "holdingEffect", cost: "costEffect" };
const MOST = 20;

/** @param {{ tornado: import("./shapes.js").Tornado, about?: import("./figure.js").About, source?: any, title?: string, by?: "holds" | "cost", onBy?: (by: "holds" | "cost") => void }} props */
export function TornadoChart({ tornado, about = {}, source, title, by, onBy }) {
  const [own, setOwn] = useState(/** @type {"holds" | "cost"} */ ("holds"));
  const hasCost = tornado.cost != null;
  const chosen = hasCost ? (by ?? own) : "holds", choose = onBy ?? setOwn, currency = about.currency ?? "";
  const effectOf = (/** @type {import("./shapes.js").Swing | null} */ swing) => swing?.[EFFECTS[chosen]] ?? null;
  const reach = (/** @type {any} */ bar) => Math.max(...[bar.lower, bar.higher].map((swing) => Math.abs(effectOf(swing)?.mean ?? 0)));
  const bars = [...tornado.bars].sort((a, b) => reach(b) - reach(a));
  const format = chosen === "cost" ? (/** @type {any} */ v) => (v == null ? NONE : signed(v) + "\u00a0" + currency) : points;
  const top = bars[0];
  const message = !top ? "No assumption could be moved." : reach(top) === 0 ? "None of the assumptions changes anything when it is moved."
    : `Most hangs on “${nameOf(top)}”: moved, ${chosen === "cost" ? "the cost changes" : "the probability that the plan holds changes"} by up to ${format(reach(top)).replace(/^\+/, "")}.`;
  const button = (/** @type {"holds" | "cost"} */ name, /** @type {string} */ text) =>
    html`<button type="button" aria-pressed=${chosen === name} onClick=${() => choose(name)}>${text}</button>`;
  return html`<${Figure} title=${title ?? "What the plan hangs on"} file=${`tornado-${chosen}`} source=${source}
    subtitle=${`${message} As it is, the plan holds in ${chance(tornado.holds.mean)} of ${tornado.replications} replications${hasCost ? ` and costs ${money(tornado.cost?.mean, currency)}` : ""}; differences on the same draws.`}
    empty=${top ? undefined : "None of the plan's assumptions could be moved; the reasons stand in the study."}
    tools=${hasCost && html`${button("holds", "Probability that it holds")} ${button("cost", "Cost")}`}
    keys=${[...SIDES.map(([, kind, text]) => ({ mark: "bar", kind, text })), SURE]}
    note=${untold(tornado.untried, bars.length)}
    columns=${[{ label: "Assumption" }, { label: "Trust" }, { label: "Moved" }, { label: "To" },
      ...["Effect on P(holds)", "95 % interval, lower", "upper"].map((label) => ({ label, unit: "share", format: points })),
      ...(hasCost ? ["Effect on cost", "95 % interval, lower", "upper"].map((label) => ({ label, unit: currency, format: signed0 })) : [])]}
    rows=${bars.flatMap((bar) => SIDES.flatMap(([side, , text]) => (bar[side] ? [[nameOf(bar), bar.confidence && words(bar.confidence), text, bar[side]?.told, ...ends(bar[side]?.holdingEffect), ...(hasCost ? ends(bar[side]?.costEffect) : [])]] : [])))}>
    <${Plot} label=${message} what="assumptions" inPlane draw=${(/** @type {number} */ width) => drawing(width, bars.slice(0, MOST), effectOf, format, chosen, currency)} />
  <//>`;
}

/** A driver by what it is, an entry of the register by its place. @param {Bar} bar */
const nameOf = ({ source, meaning, name }) => (source == null ? meaning : placeOf(name.split(".")));

/** `vendors.north.teams.desk.workforce.headcount` as "desk: workforce headcount". @param {string[]} path */
function placeOf(path) {
  const whose = path[2] === "teams" ? 3 : 1;
  return path.length <= whose + 1 ? path.join(" ") : `${path[whose]}: ${path.slice(whose + 1).join(" ").replaceAll("_", " ")}`;
}

/** Where it comes from, and what it was moved to, without its name before. @param {Bar} bar */
const detailOf = ({ name, source, confidence, lower, higher }) =>
  [confidence && words(confidence).toLowerCase(), source, [lower, higher].flatMap((swing) => (swing ? [source != null || swing.told.startsWith(`${name} x `) ? swing.told.slice(name.length).trim() : swing.told] : [])).join(" to ")].filter(Boolean).join(" · ");

const signed0 = (/** @type {any} */ v) => signed(v);

/** @param {any} effect */
const ends = (effect) => [effect?.mean ?? null, effect?.lower ?? null, effect?.upper ?? null];

/** @param {any[]} untried @param {number} bars */
function untold(untried, bars) {
  const told = [...(bars > MOST ? [`The ${MOST} widest of ${bars}; the table has all.`] : []), ...(untried?.length ? [`Not moved: ${untried.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`] : [])];
  return told.length ? told.join(" ") : undefined;
}

/** @param {number} width @param {Bar[]} bars @param {(swing: any) => any} effectOf @param {(v: any) => string} format @param {string} chosen @param {string} currency */
function drawing(width, bars, effectOf, format, chosen, currency) {
  const left = Math.min(330, Math.max(120, width * 0.34)), tall = 40, bottom = tall * bars.length + 4;
  const all = bars.flatMap(({ lower, higher }) => [effectOf(lower), effectOf(higher)]).filter(Boolean);
  const x = linear(extent(all.flatMap(({ mean, lower, upper }) => [mean, lower, upper]), { zero: true }), [left, width - 12]);
  const axis = chosen === "cost" ? compact : (/** @type {number} */ v) => signed(100 * v);
  return {
    height: bottom + 44,
    points: bars.flatMap((bar, place) => SIDES.flatMap(([side, , text], half) => {
      const effect = effectOf(bar[side]);
      return effect ? [{ x: x(effect.mean), y: tall * place + 11 + 17 * half,
        says: [nameOf(bar), `${text} to ${bar[side]?.told}`, format(effect.mean), ...(effect.lower == null ? [] : [`sure of it: ${format(effect.lower)} to ${format(effect.upper)}`])] }] : [];
    })),
    marks: html`
      <${Columns} x=${x} y=${[0, bottom]} format=${axis} wanted=${Math.max(2, Math.floor((width - left) / 110))} unit=${chosen === "cost" ? `change of the client's cost, ${currency}` : "change of the probability that the plan holds, points"} />
      ${bars.map((bar, place) => html`<g>
        <text x="0" y=${tall * place + 15}>${cut(nameOf(bar), Math.floor(left / 7.4))}</text>
        <text class="tick" x="0" y=${tall * place + 31}>${cut(detailOf(bar), Math.floor(left / 6.6))}</text>
        ${SIDES.map(([side, kind], half) => {
          const effect = effectOf(bar[side]), y = tall * place + 4 + 17 * half;
          return effect && html`<g data-mark=${effect.mean}><${Rect} x=${Math.min(x(0), x(effect.mean))} width=${Math.abs(x(effect.mean) - x(0))} y=${y} height=${14} kind=${kind} />
            <${LyingSure} y=${y + 7} from=${effect.lower == null ? undefined : x(effect.lower)} to=${effect.upper == null ? undefined : x(effect.upper)} mean=${x(effect.mean)} /></g>`;
        })}
      </g>`)}`,
  };
}
