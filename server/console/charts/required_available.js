// Required against available agents, interval by interval: a year is one picture, and one can go down to a single day.
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from "../preact.js";
import { Figure } from "./figure.js";
import { variesAsBand } from "./marks.js";
import { dateThere, dayThere, instant, number, timeOfDay } from "./numbers.js";
import { loadUPlot } from "./uplot.js";

const HEIGHT = 300;
const DAY = 86_400;
const SPANS = [["Day", DAY], ["Week", 7 * DAY], ["4 weeks", 28 * DAY], ["All", Infinity]];
const MOST_ROWS_BY_INTERVAL = 2 * DAY;

/**
 * @typedef {{ x: number[], required: any[], available: any[], low: any[] | null, high: any[] | null, step: number }} Columns
 * @typedef {[number, number]} Span  seconds since 1970, the end exclusive
 */

/** The team's series as columns over instants. @param {import("./shapes.js").StaffedTeam} team @returns {Columns} */
function columnsOf(team) {
  const required = team.required[0], available = team.available[0];
  const first = required?.start ? Date.parse(required.start) / 1000 : 0, step = required?.stepSeconds ?? 1800;
  const figures = required?.mean ?? [];
  return { x: figures.map((_, place) => first + place * step), required: figures, available: available?.mean ?? [], low: available?.low ?? null, high: available?.high ?? null, step };
}

/** @param {Columns} columns @param {Span} span */
function gist({ x, required, available }, [from, to]) {
  let open = 0, short = 0, worst = -1, gap = 0;
  for (let place = 0; place < x.length; place++) {
    if (x[place] < from || x[place] >= to || required[place] == null || available[place] == null) continue;
    if (required[place] > 0 || available[place] > 0) open++;
    const lacking = required[place] - available[place];
    if (lacking > 1e-9) short++;
    if (lacking > gap) [gap, worst] = [lacking, place];
  }
  return { open, short, worst, gap };
}

/**
 * @param {{ team: import("./shapes.js").StaffedTeam, window?: { from: string, to: string } | null, onWindow?: (window: { from: string, to: string } | null) => void,
 *   about?: import("./figure.js").About, source?: any, title?: string }} props   window: what is shown, null for all
 */
export function RequiredAvailable({ team, window: given, onWindow, about = {}, source, title }) {
  const columns = useMemo(() => columnsOf(team), [team]);
  const zone = about.zone ?? "UTC";
  const all = /** @type {Span} */ ([columns.x[0] ?? 0, (columns.x.at(-1) ?? 0) + columns.step]);
  const [own, setOwn] = useState(/** @type {Span | null} */ (null));
  const chosen = given === undefined ? own : given && /** @type {Span} */ ([Date.parse(given.from) / 1000, Date.parse(given.to) / 1000]);
  const span = within(chosen ?? all, all);
  const show = (/** @type {Span | null} */ next) => {
    const kept = next && within(next, all), whole = !kept || kept[1] - kept[0] >= all[1] - all[0];
    setOwn(whole ? null : kept);
    onWindow?.(whole ? null : { from: iso(/** @type {Span} */ (kept)[0]), to: iso(/** @type {Span} */ (kept)[1]) });
  };
  const [at, setAt] = useState(-1);
  const { open, short, worst, gap } = useMemo(() => gist(columns, span), [columns, span[0], span[1]]);
  const message = !open ? `Nobody is required of ${team.id} or there in the window shown.` : short
    ? `${team.id} is short in ${number(short)} of ${number(open)} staffed intervals shown; most on ${instant(columns.x[worst], zone)}, by ${number(gap, 1)} agents.`
    : `${team.id} has at least the agents required in all ${number(open)} staffed intervals shown.`;
  const length = span[1] - span[0];
  return html`<${Figure} title=${title ?? `Required and available agents: ${team.id}`} file=${`required-available-${team.id}`} source=${source}
    subtitle=${`${message} Agents on the floor, each interval's mean over the replications; required at tenured speed. Times in ${zone}.`}
    empty=${columns.x.length ? undefined : "This run has no intervals in the window asked for."}
    keys=${[{ mark: "line", kind: "series-2", text: "required" }, { mark: "line", kind: "series-1", text: "available, mean" }, { mark: "bar", kind: "short", text: "on top: intervals that are short, stronger where by more" }, ...(columns.low && !isWide(span) ? [variesAsBand("series-1")] : [])]}
    columns=${columnsFor(span, zone)} rows=${() => rowsFor(columns, span, zone)} saved=${() => savedOf(columns, zone)}
    tools=${html`${SPANS.filter(([, seconds]) => seconds === Infinity || Number(seconds) < all[1] - all[0]).map(([name, seconds]) => html`<button type="button" aria-pressed=${Number(seconds) >= all[1] - all[0] ? length >= all[1] - all[0] : Math.abs(length - Number(seconds)) < columns.step} onClick=${() => show(around(columns, at, span, Number(seconds), all))}>${name}</button>`)}
      <button type="button" aria-label="Earlier" disabled=${span[0] <= all[0]} onClick=${() => show([span[0] - length, span[1] - length])}>←</button>
      <button type="button" aria-label="Later" disabled=${span[1] >= all[1]} onClick=${() => show([span[0] + length, span[1] + length])}>→</button>
      <span class="hint">${columns.x.length ? `${instant(span[0], zone)} to ${instant(span[1], zone)}; drag to zoom` : ""}</span>`}>
    <${Canvas} columns=${columns} span=${span} show=${show} at=${at} setAt=${setAt} zone=${zone} message=${message} />
    <p class="readout" role="status" data-unsaved>${told(columns, at, zone)}</p>
  <//>`;
}

const iso = (/** @type {number} */ stamp) => new Date(stamp * 1000).toISOString();

/** Moved and cut so that it lies in all. @param {Span} span @param {Span} all @returns {Span} */
function within([from, to], all) {
  const length = Math.min(to - from, all[1] - all[0]);
  const first = Math.min(Math.max(from, all[0]), all[1] - length);
  return [first, first + length];
}

/** So long a span around the interval that is read, or from where the one shown begins. @param {Columns} columns @param {number} at @param {Span} span @param {number} seconds @param {Span} all @returns {Span | null} */
function around(columns, at, span, seconds, all) {
  if (seconds >= all[1] - all[0]) return null;
  const middle = columns.x[at] ?? (span[1] - span[0] > seconds ? columns.x[gist(columns, span).worst] ?? (span[0] + span[1]) / 2 : (span[0] + span[1]) / 2);
  const days = Math.floor((middle - all[0]) / DAY) * DAY + all[0];
  return seconds === DAY ? [days, days + DAY] : [days - seconds / 2 + DAY / 2, days + seconds / 2 + DAY / 2];
}

/** One interval in words. @param {Columns} columns @param {number} at @param {string} zone */
function told({ x, required, available, low, high }, at, zone) {
  if (at < 0 || x[at] == null) return "\u00a0";
  const [need, there] = [required[at], available[at]];
  const lacking = need == null || there == null ? "" : need > there ? `: short by ${number(need - there, 1)}` : `: ${number(there - need, 1)} to spare`;
  const varies = low?.[at] == null || high?.[at] == null ? "" : ` (varies from ${number(low[at], 1)} to ${number(high[at], 1)})`;
  return `${instant(x[at], zone)}: required ${number(need, 1)}, available ${number(there, 1)}${varies}${lacking}`;
}

/** Where days are too narrow for a band to be seen. @param {Span} span */
const isWide = ([from, to]) => to - from > 60 * DAY;

const agents = (/** @type {any} */ v) => number(v, 1);
const isShort = (/** @type {Span} */ [from, to]) => to - from <= MOST_ROWS_BY_INTERVAL;

/** Of a few days the intervals are told, else the days. @param {Span} span @param {string} zone */
function columnsFor(span, zone) {
  const labels = isShort(span) ? ["Required", "Available, mean", "5 % of replications under", "5 % over", "Available less required"] : ["Required, mean", "Available, mean", "Short by at most"];
  const figures = labels.map((label) => ({ label, unit: "agents", format: agents }));
  return isShort(span) ? [{ label: `Interval, ${zone}` }, ...figures] : [{ label: `Day, ${zone}` }, ...figures, { label: "Intervals short" }];
}

/** @param {Columns} columns @param {Span} span @param {string} zone @returns {any[][]} */
function rowsFor({ x, required, available, low, high }, span, zone) {
  const places = x.map((_, place) => place).filter((place) => x[place] >= span[0] && x[place] < span[1]);
  if (isShort(span))
    return places.map((place) => [instant(x[place], zone), required[place], available[place], low?.[place] ?? null, high?.[place] ?? null, less(available[place], required[place])]);
  const days = new Map();
  for (const place of places) {
    const day = dateThere(x[place], zone), own = days.get(day) ?? { required: 0, available: 0, count: 0, short: 0, gap: 0 };
    const lacking = -(less(available[place], required[place]) ?? 0);
    days.set(day, { required: own.required + (required[place] ?? 0), available: own.available + (available[place] ?? 0), count: own.count + 1, short: own.short + (lacking > 1e-9 ? 1 : 0), gap: Math.max(own.gap, lacking) });
  }
  return [...days].map(([day, own]) => [day, own.required / own.count, own.available / own.count, own.gap, own.short]);
}

const less = (/** @type {any} */ a, /** @type {any} */ b) => (a == null || b == null ? null : a - b);

/** Every interval. @param {Columns} columns @param {string} zone */
function savedOf({ x, required, available, low, high }, zone) {
  const labels = ["Required", "Available, mean", "5 % of replications under", "5 % over"];
  return { columns: [{ label: "Interval begins, UTC" }, { label: `Begins, ${zone}` }, ...labels.map((label) => ({ label, unit: "agents" }))],
    rows: x.map((stamp, place) => [iso(stamp), instant(stamp, zone), required[place], available[place], low?.[place] ?? null, high?.[place] ?? null]) };
}

/** @param {any} props */
function Canvas({ columns, span, show, at, setAt, zone, message }) {
  const box = useRef(/** @type {any} */ (null)), plot = useRef(/** @type {any} */ (null)), live = useRef(/** @type {any} */ ({}));
  live.current = { show, setAt, span };
  const [failed, fail] = useState("");

  useEffect(() => {
    let isGone = false;
    loadUPlot().then((UPlot) => {
      if (!isGone) plot.current = drawn(UPlot, box.current, columns, zone, live);
    }, (error) => fail(error.message));
    return () => {
      isGone = true;
      plot.current?.destroy();
      plot.current = null;
    };
  }, [columns, zone]);
  useEffect(() => plot.current?.setScale("x", { min: span[0], max: span[1] }), [span[0], span[1]]);
  useLayoutEffect(() => {
    const fit = () => {
      const width = box.current.clientWidth;
      if (plot.current && width && plot.current.width !== width) plot.current.setSize({ width, height: HEIGHT });
    };
    const again = () => plot.current?.redraw(false);
    const watching = new ResizeObserver(fit), themes = new MutationObserver(again);
    const looks = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
    watching.observe(box.current);
    for (const look of looks) look.addEventListener("change", again);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      watching.disconnect();
      for (const look of looks) look.removeEventListener("change", again);
      themes.disconnect();
    };
  }, []);

  const press = (/** @type {any} */ event) => {
    const { x, step } = columns, length = span[1] - span[0];
    const middle = x[at] ?? (span[0] + span[1]) / 2;
    const moves = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: -1, PageDown: Math.round(DAY / step), PageUp: -Math.round(DAY / step) });
    if (event.key in moves) {
      const next = Math.max(0, Math.min(x.length - 1, (at < 0 ? Math.round((middle - x[0]) / step) : at) + moves[event.key]));
      setAt(next);
      if (x[next] < span[0] || x[next] >= span[1]) show([x[next] - length / 2, x[next] + length / 2]);
    } else if (event.key === "+" || event.key === "=") show([middle - length / 4, middle + length / 4]);
    else if (event.key === "-") show([middle - length, middle + length]);
    else if (event.key === "0" || event.key === "Escape") show(null);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const own = plot.current;
    if (own && at >= 0) own.setCursor({ left: own.valToPos(columns.x[at], "x"), top: own.bbox.height / 4 / devicePixelRatio }, false);
  }, [at, span[0], span[1]]);
  return html`<div class="uplot-box" tabindex="0" role="group" onKeyDown=${press}
      aria-label=${`${message} Arrow keys read the intervals, plus and minus zoom, 0 shows all.`}>
    <div class="paints" aria-hidden="true">${PAINTS.map((name) => html`<i class=${`paint-${name}`}></i>`)}</div>
    <div ref=${box} aria-hidden="true"></div>
    ${failed && html`<p class="empty">${failed}</p>`}
  </div>`;
}

/** A time of day, or a date where days are far apart. @param {number} stamp @param {{ min: number, max: number }} shown @param {string} zone */
function tick(stamp, shown, zone) {
  const time = timeOfDay(stamp, zone);
  return time === "00:00" || shown.max - shown.min > 5 * DAY ? dayThere(stamp, zone) : time;
}

const PAINTS = ["quiet", "rule", "1", "2", "short"];
const RUG = 7;

/** A mark on top of each interval that is short, seen at any zoom. @param {any} own @param {Columns} columns @param {string} colour */
function drawShort(own, { x, required, available, step }, colour) {
  const { ctx, bbox } = own, { min, max } = own.scales.x;
  const wide = Math.max(1, (step / (max - min)) * bbox.width);
  ctx.save();
  ctx.fillStyle = colour;
  const strengths = new Map(); // of each column of pixels, that of its worst interval
  for (let place = 0; place < x.length; place++) {
    if (x[place] < min || x[place] >= max || !(required[place] - available[place] > 1e-9)) continue;
    const at = Math.floor(bbox.left + ((x[place] - min) / (max - min)) * bbox.width);
    const strength = Math.min(1, 0.15 + (3 * (required[place] - available[place])) / Math.max(1, required[place]));
    strengths.set(at, Math.max(strength, strengths.get(at) ?? 0));
  }
  for (const [at, strength] of strengths) {
    ctx.globalAlpha = strength;
    ctx.fillRect(at, bbox.top - RUG * devicePixelRatio, wide, (RUG - 2) * devicePixelRatio);
  }
  ctx.restore();
}

/** @param {any} UPlot @param {HTMLElement} box @param {Columns} columns @param {string} zone @param {{ current: any }} live */
function drawn(UPlot, box, columns, zone, live) {
  const paints = /** @type {HTMLElement} */ (box.parentElement);
  const paint = (/** @type {string} */ name) => () => getComputedStyle(/** @type {Element} */ (paints.querySelector(`.paint-${name}`))).color;
  const clear = (/** @type {string} */ name) => () => paint(name)().replace(/^rgb\((.*)\)$/, "rgba($1, 0.2)");
  const fine = (/** @type {string} */ name) => (/** @type {any} */ own) =>
    isWide([own.scales.x.min, own.scales.x.max]) ? paint(name)().replace(/^rgb\((.*)\)$/, "rgba($1, 0.5)") : paint(name)();
  const font = "12px system-ui, 'DejaVu Sans', sans-serif";
  const axis = { stroke: paint("quiet"), grid: { stroke: paint("rule"), width: 1 }, ticks: { stroke: paint("rule"), width: 1 }, font };
  const hasBand = columns.low && columns.high, line = UPlot.paths.linear();
  const ends = (/** @type {any} */ own, /** @type {number} */ series, /** @type {number} */ from, /** @type {number} */ to) => (isWide([own.scales.x.min, own.scales.x.max]) ? null : line(own, series, from, to));
  const series = [
    {}, { label: "required", stroke: fine("2"), width: 1.5, points: { show: false } }, { label: "available", stroke: fine("1"), width: 1.5, points: { show: false } },
    ...(hasBand ? [0, 1].map(() => ({ stroke: "transparent", width: 0, points: { show: false }, paths: ends })) : []),
  ];
  const options = {
    width: box.clientWidth || 720, height: HEIGHT, series, padding: [14, 28, 0, 0],
    bands: hasBand ? [{ series: [4, 3], fill: clear("1") }] : [],
    tzDate: (/** @type {number} */ stamp) => UPlot.tzDate(new Date(stamp * 1000), zone),
    scales: { x: { min: live.current.span[0], max: live.current.span[1] }, y: { range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => [Math.min(0, low ?? 0), Math.max(1, (high ?? 1) * 1.05)] } },
    axes: [{ ...axis, size: 34, values: (/** @type {any} */ own, /** @type {number[]} */ stamps) => stamps.map((stamp) => tick(stamp, own.scales.x, zone)) }, { ...axis, size: 52, label: "agents", labelFont: font, labelSize: 18 }],
    legend: { show: false },
    cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 }, y: false },
    hooks: {
      setSelect: [(/** @type {any} */ own) => {
        if (own.select.width < 4) return;
        const [from, to] = [own.posToVal(own.select.left, "x"), own.posToVal(own.select.left + own.select.width, "x")];
        own.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        live.current.show([from, Math.max(to, from + 4 * columns.step)]);
      }],
      draw: [(/** @type {any} */ own) => drawShort(own, columns, paint("short")())],
      setCursor: [(/** @type {any} */ own) => live.current.setAt(own.cursor.idx ?? -1)],
    },
  };
  const data = [columns.x, columns.required, columns.available, ...(hasBand ? [columns.low, columns.high] : [])];
  const made = new UPlot(options, data, box);
  made.root.addEventListener("dblclick", () => live.current.show(null));
  return made;
}
