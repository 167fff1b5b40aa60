// What each month costs the client and who gets it, with the credits that come back; and the vendors' own margins.
import { html } from "../preact.js";
import { Figure } from "./figure.js";
import { Bar, Rows, Sure, Whisker, keysOf } from "./marks.js";
import { between, compact, money, month, number, words } from "./numbers.js";
import { Plot } from "./plot.js";
import { bands, extent, linear } from "./scales.js";

/** @typedef {import("./shapes.js").CostMonth} Month */
/** @typedef {import("./shapes.js").Vendor} Vendor */
/** @typedef {{ vendor: string, start: string, amount: number }} Credit */

const whole = (/** @type {any} */ v) => number(v);
const KINDS = ["series-1", "series-2", "series-3", "series-4", "series-5"];
const CREDITS = new Set(["CREDIT", "EARN_BACK"]);

/** Whose money a line is: a vendor's, or what it is for. @param {import("./shapes.js").CostLine} line */
const ownerOf = ({ kind, vendor }) => vendor ?? words(kind);

/** Owners by what they get over the horizon; beyond five, the rest together. @param {Month[]} months */
function ownersOf(months) {
  const sums = new Map();
  for (const line of months.flatMap(({ lines }) => lines)) sums.set(ownerOf(line), (sums.get(ownerOf(line)) ?? 0) + Math.abs(line.amount.mean ?? 0));
  const sorted = [...sums].filter(([, sum]) => sum > 0).sort((a, b) => b[1] - a[1]).map(([owner]) => owner);
  return sorted.length > 6 ? { owners: sorted.slice(0, 5), others: new Set(sorted.slice(5)) } : { owners: sorted, others: new Set() };
}

const kindOf = (/** @type {number} */ place) => KINDS[place] ?? "series-6";

/** @param {{ outcomes: import("./shapes.js").Costs, about?: import("./figure.js").About, source?: any, title?: string }} props */
export function CostByVendor({ outcomes, about = {}, source, title }) {
  const { cost, vendors = [] } = outcomes, currency = about.currency ?? "";
  const months = cost?.months ?? [], { owners, others } = ownersOf(months);
  const credits = creditsOf(vendors), back = credits.reduce((sum, { amount }) => sum + amount, 0);
  const total = cost?.total?.mean ?? 0;
  const ofOwner = (/** @type {string} */ owner) => months.flatMap(({ lines }) => lines).filter((line) => ownerOf(line) === owner).reduce((sum, { amount }) => sum + (amount.mean ?? 0), 0);
  const message = !cost ? "Nothing has a price." : total === 0 ? "The whole horizon costs the client nothing." : `The whole horizon costs ${money(total, currency)}`
    + (owners.length ? `, most of it for ${owners[0]} (${number((100 * ofOwner(owners[0])) / total)} %)` : "") + (back < 0 ? `; vendors give back ${money(-back, currency)}.` : "; no credits fall due.");
  const names = [...owners, ...(others.size ? ["others"] : [])];
  return html`<${Figure} title=${title ?? "Cost and credits by vendor"} file="cost-by-vendor" source=${source}
    subtitle=${`${message} The client's cost by calendar month (the first and the last may be cut), credits already taken off; mean over the replications.`}
    empty=${cost ? undefined : "Nothing has a price in this scenario: give vendors a contract with pricing, teams a cost, or the scenario a client_cost."}
    keys=${[...names.map((name, place) => ({ mark: "bar", kind: kindOf(name === "others" ? 5 : place), text: name })), ...keysOf(months.map((/** @type {Month} */ { total }) => total))]}
    columns=${[{ label: "Month" }, { label: "Vendor or cost" }, { label: "Line" }, { label: "Mean", unit: currency, format: whole },
      { label: "95 % interval, lower", unit: currency, format: whole }, { label: "upper", unit: currency, format: whole },
      { label: "5 % of replications under", unit: currency, format: whole }, { label: "5 % over", unit: currency, format: whole }]}
    rows=${rowsOf(months, vendors)}
    note=${marginsOf(vendors, currency)}>
    <${Plot} label=${message} what="months" draw=${(/** @type {number} */ width) => drawing(width, { months, owners, others, credits, currency })} />
  <//>`;
}

/** Of each vendor and month, below zero. @param {Vendor[]} vendors */
const creditsOf = (vendors) => vendors.flatMap(({ id, months }) => months.flatMap(({ start, lines }) => {
  const amount = lines.filter(({ kind }) => CREDITS.has(kind)).reduce((sum, line) => sum + (line.amount.mean ?? 0), 0);
  return amount < 0 ? [{ vendor: id, start, amount }] : [];
}));

/** In words, where vendors say what their people cost. @param {Vendor[]} vendors @param {string} currency */
function marginsOf(vendors, currency) {
  const told = vendors.flatMap(({ id, months }) => {
    const known = months.filter(({ margin }) => margin?.mean != null);
    return known.length ? [`${id} ${money(known.reduce((sum, { margin }) => sum + (margin?.mean ?? 0), 0), currency)}`] : [];
  });
  return told.length ? `Margin over the horizon, invoices less own cost: ${told.join("; ")}.` : undefined;
}

/** @param {Month[]} months @param {Vendor[]} vendors */
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

const [LEFT, TOP, PANEL, BELOW] = [56, 24, 296, 96];

/** @param {number} width @param {{ months: Month[], owners: string[], others: Set<string>, credits: Credit[], currency: string }} data */
function drawing(width, { months, owners, others, credits, currency }) {
  const x = bands(months.length, [LEFT, width]), wide = Math.min(90, x.step * 0.6);
  const stacks = months.map((own) => stackOf(own, owners, others, credits));
  const y = linear(extent(stacks.flatMap(({ from, to, total }) => [from, to, total.low, total.high]), { zero: true }), [PANEL, TOP]);
  const height = PANEL + 26 + (credits.length ? BELOW + 36 : 0);
  const amount = (/** @type {any} */ value) => money(value, currency);
  return {
    height,
    points: stacks.map(({ start, total, parts, back }, place) => ({
      x: x.middle(place), y: y(total.mean ?? 0),
      says: [`${month(start)}: ${amount(total.mean)}`, ...parts.map((part) => `${part.name} ${amount(part.amount)}`), ...back.map(({ vendor, amount: own }) => `credits of ${vendor} ${amount(own)}`),
        ...(total.confidenceInterval ? [`sure of the mean: ${between(total.confidenceInterval, amount)}`] : []),
        ...(total.low != null ? [`varies from ${amount(total.low)} to ${amount(total.high)}`] : [])],
    })),
    marks: html`
      <${Rows} y=${y} x=${[LEFT, width]} format=${compact} unit=${currency} />
      ${stacks.map(({ start, total, parts }, place) => html`<g data-mark=${total.mean}>
        ${parts.map(({ kind, at, amount: own }) => html`<${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(at)} height=${y(at + own) - y(at)} kind=${`${kind} stacked`} />`)}
        ${total.mean != null && uncertain(total, total.mean, x.middle(place) + wide / 2 + 9, y)}
        <text class="tick" x=${x.middle(place)} y=${PANEL + 20} text-anchor="middle">${month(start)}</text>
      </g>`)}
      ${credits.length > 0 && creditPanel(width, stacks, owners, x, currency)}`,
  };
}

/** @param {import("./shapes.js").Figure} total @param {number} mean @param {number} x @param {import("./scales.js").Scale} y */
const uncertain = ({ low, high, confidenceInterval: sure }, mean, x, y) => html`
  ${low != null && high != null && low !== high && html`<${Whisker} x=${x} from=${y(low)} to=${y(high)} />`}
  <${Sure} x=${x} from=${sure ? y(sure.lower) : undefined} to=${sure ? y(sure.upper) : undefined} mean=${y(mean)} />`;

/** Credits on a scale of their own, as they are small beside the cost. @param {number} width @param {Stack[]} stacks @param {string[]} owners @param {any} x @param {string} currency */
function creditPanel(width, stacks, owners, x, currency) {
  const top = PANEL + 26 + 34, wide = Math.min(90, x.step * 0.6);
  const y = linear(extent(stacks.map(({ back }) => -back.reduce((sum, { amount }) => sum + amount, 0)), { zero: true }), [top + BELOW - 12, top]);
  return html`<g>
    <${Rows} y=${y} x=${[LEFT, width]} format=${compact} wanted=${2} />
    <text class="unit" x="0" y=${top - 12}>credits that vendors give back, ${currency}</text>
    ${stacks.map(({ back }, place) => {
      let sum = 0;
      return html`<g data-credit=${-back.reduce((all, { amount }) => all + amount, 0)}>${back.map(({ vendor, amount }) => {
        const from = sum;
        sum -= amount;
        return html`<${Bar} x=${x.middle(place) - wide / 2} width=${wide} y=${y(from)} height=${y(sum) - y(from)} kind=${`${kindOf(owners.indexOf(vendor) < 0 ? 5 : owners.indexOf(vendor))} stacked`} />`;
      })}</g>`;
    })}
  </g>`;
}

/** @typedef {ReturnType<typeof stackOf>} Stack */

/** A month's parts one on another: what is paid upwards, what is below zero downwards. @param {Month} month @param {string[]} owners @param {Set<string>} others @param {Credit[]} credits */
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
  return { start, total, parts, back: credits.filter((one) => one.start === start), from: down, to: up };
}
