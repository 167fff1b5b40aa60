// What each month costs the client and who gets it, with the credits that come back; and the vendors' own margins.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Bar, Rows, SURE, Sure, VARIES, Whisker } from "./marks.js";
import { between, compact, money, month, number, words } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, extent, linear } from "./scales.js";

const KINDS = ["series-1", "series-2", "series-3", "series-4", "series-5"];
const CREDITS = new Set(["CREDIT", "EARN_BACK"]);

/** Whose money a line is: a vendor's, or what it is for. @param {any} line */
const ownerOf = ({ kind, vendor }) => vendor ?? words(kind);

/** Owners by what they get over the horizon; beyond five, the rest together. @param {any[]} months */
function ownersOf(months) {
  const sums = new Map();
  for (const line of months.flatMap(({ lines }) => lines)) sums.set(ownerOf(line), (sums.get(ownerOf(line)) ?? 0) + Math.abs(line.amount.mean ?? 0));
  const sorted = [...sums].filter(([, sum]) => sum > 0).sort((a, b) => b[1] - a[1]).map(([owner]) => owner);
  return sorted.length > 6 ? { owners: sorted.slice(0, 5), others: new Set(sorted.slice(5)) } : { owners: sorted, others: new Set() };
}

const kindOf = (/** @type {number} */ place) => KINDS[place] ?? "series-6";

/** @param {{ outcomes: any, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function CostByVendor({ outcomes, about = {}, source, title }) {
  const { cost, vendors = [] } = outcomes, currency = about.currency ?? "";
  const months = cost?.months ?? [], { owners, others } = ownersOf(months);
  const credits = creditsOf(vendors), back = credits.reduce((sum, { amount }) => sum + amount, 0);
  const total = cost?.total?.mean ?? 0;
  const ofOwner = (owner) => months.flatMap(({ lines }) => lines).filter((line) => ownerOf(line) === owner).reduce((sum, { amount }) => sum + (amount.mean ?? 0), 0);
  const message = !cost ? "Nothing has a price." : total === 0 ? "The whole horizon costs the client nothing." : `The whole horizon costs ${money(total, currency)}`
    + (owners.length ? `, most of it ${owners[0]} (${number((100 * ofOwner(owners[0])) / total)} %)` : "") + (back < 0 ? `; credits give back ${money(-back, currency)}.` : "; no credits are due.");
  const names = [...owners, ...(others.size ? ["others"] : [])];
  return html`<${Figure} title=${title ?? "Cost and credits by vendor"} file="cost-by-vendor" source=${source}
    subtitle=${`${message} The client's cost by calendar month (the first and the last may be cut), credits already taken off; mean over the replications.`}
    empty=${cost ? undefined : "Nothing has a price in this scenario: give vendors a contract with pricing, teams a cost, or the scenario a client_cost."}
    keys=${[...names.map((name, place) => ({ mark: "bar", kind: kindOf(name === "others" ? 5 : place), text: name })),
      ...(credits.length ? [{ mark: "bar", kind: "hollow short", text: "credits that came back, below the line" }] : []), SURE, VARIES]}
    columns=${[{ label: "Month" }, { label: "Vendor or cost" }, { label: "Line" }, { label: "Mean", unit: currency, format: (v) => number(v) },
      { label: "95 % interval, lower", unit: currency, format: (v) => number(v) }, { label: "upper", unit: currency, format: (v) => number(v) },
      { label: "5 % of replications under", unit: currency, format: (v) => number(v) }, { label: "5 % over", unit: currency, format: (v) => number(v) }]}
    rows=${rowsOf(months, vendors)}
    note=${marginsOf(vendors, currency)}>
    <${Plot} label=${message} what="months" draw=${(/** @type {number} */ width) => drawing(width, { months, owners, others, credits, currency })} />
  <//>`;
}

/** Of each vendor and month, below zero. @param {any[]} vendors */
const creditsOf = (vendors) => vendors.flatMap(({ id, months }) => months.flatMap(({ start, lines }) => {
  const amount = lines.filter(({ kind }) => CREDITS.has(kind)).reduce((sum, line) => sum + (line.amount.mean ?? 0), 0);
  return amount < 0 ? [{ vendor: id, start, amount }] : [];
}));

/** In words, where vendors say what their people cost. @param {any[]} vendors @param {string} currency */
function marginsOf(vendors, currency) {
  const told = vendors.flatMap(({ id, months }) => {
    const known = months.filter(({ margin }) => margin?.mean != null);
    return known.length ? [`${id} ${money(known.reduce((sum, { margin }) => sum + margin.mean, 0), currency)}`] : [];
  });
  return told.length ? `Margin over the horizon, invoices less own cost: ${told.join("; ")}.` : undefined;
}

/** @param {any[]} months @param {any[]} vendors */
const rowsOf = (months, vendors) => [
  ...months.flatMap(({ start, total, lines }) => [
    [start, "all", "Total", total.mean, total.confidenceInterval?.lower ?? null, total.confidenceInterval?.upper ?? null, total.low ?? null, total.high ?? null],
    ...lines.map((line) => [start, line.vendor ?? "client", words(line.kind), line.amount.mean, null, null, null, null]),
  ]),
  ...vendors.flatMap(({ id, months: own }) => own.flatMap(({ start, lines, margin }) => [
    ...lines.filter(({ kind }) => CREDITS.has(kind)).map(({ kind, amount }) => [start, id, words(kind), amount.mean, null, null, amount.low ?? null, null]),
    ...(margin?.mean == null ? [] : [[start, id, "Margin", margin.mean, margin.confidenceInterval?.lower ?? null, margin.confidenceInterval?.upper ?? null, margin.low ?? null, margin.high ?? null]]),
  ])),
];

/** @param {number} width @param {any} data */
function drawing(width, { months, owners, others, credits, currency }) {
  const [left, top, height] = [56, 24, 320];
  const x = bands(months.length, [left, width]), wide = Math.min(90, x.step * 0.6);
  const stacks = months.map((/** @type {any} */ own) => stackOf(own, owners, others, credits));
  const y = linear(extent(stacks.flatMap(({ from, to, total }) => [from, to, total.low, total.high]), { zero: true }), [height - 30, top]);
  return {
    height,
    points: stacks.map(({ start, total, parts, back }, place) => ({
      x: x.middle(place), y: y(total.mean ?? 0),
      says: [`${month(start)}: ${money(total.mean, currency)}`, ...parts.map(({ name, amount }) => `${name} ${money(amount, currency)}`), ...(back < 0 ? [`credits ${money(back, currency)}`] : []),
        ...(total.confidenceInterval ? [`sure of the mean: ${between(total.confidenceInterval, (v) => money(v, currency))}`] : []),
        ...(total.low != null ? [`varies from ${money(total.low, currency)} to ${money(total.high, currency)}`] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[left, width]} format=${compact} unit=${currency} />
      ${stacks.map(({ start, total, parts, back, from }, place) => html`<g data-mark=${total.mean}>
        ${parts.map(({ kind, at, amount }) => html`<${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(at)} height=${y(at + amount) - y(at)} kind=${kind} />`)}
        ${back < 0 && html`<${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(from - back)} height=${y(from) - y(from - back)} kind="hollow short" />`}
        ${total.low != null && html`<${Whisker} x=${x.middle(place) + wide / 2 + 8} from=${y(total.low)} to=${y(total.high)} />`}
        <${Sure} x=${x.middle(place) + wide / 2 + 8} from=${total.confidenceInterval && y(total.confidenceInterval.lower)} to=${total.confidenceInterval && y(total.confidenceInterval.upper)} mean=${y(total.mean)} />
        <text class="tick" x=${x.middle(place)} y=${height - 6} text-anchor="middle">${month(start)}</text>
      </g>`)}`,
  };
}

/** A month's parts one on another: what is paid upwards, what is below zero downwards, credits last. @param {any} month @param {string[]} owners @param {Set<string>} others @param {any[]} credits */
function stackOf({ start, total, lines }, owners, others, credits) {
  const amountOf = (/** @type {(owner: string) => boolean} */ is) => lines.filter((line) => is(ownerOf(line))).reduce((sum, { amount }) => sum + (amount.mean ?? 0), 0);
  const named = owners.map((owner, place) => ({ name: owner, kind: kindOf(place), amount: amountOf((name) => name === owner) }));
  if (others.size) named.push({ name: "others", kind: "series-6", amount: amountOf((name) => others.has(name)) });
  let [up, down] = [0, 0];
  const parts = named.filter(({ amount }) => amount !== 0).map((part) => {
    const at = part.amount > 0 ? up : down;
    if (part.amount > 0) up += part.amount;
    else down += part.amount;
    return { ...part, at };
  });
  const back = credits.filter((one) => one.start === start).reduce((sum, { amount }) => sum + amount, 0);
  return { start, total, parts, back, from: down + back, to: up };
}
