// From figures to places on the paper.

/** @typedef {{ (value: number): number, domain: [number, number], range: [number, number] }} Scale */

/** @param {[number, number]} domain @param {[number, number]} range @returns {Scale} */
export function linear(domain, range) {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain;
  const wide = /** @type {[number, number]} */ ([low, high]);
  const by = (range[1] - range[0]) / (high - low);
  return Object.assign((/** @type {number} */ value) => range[0] + (value - low) * by, { domain: wide, range });
}

/** The middles of equal bands, and how wide one is. @param {number} count @param {[number, number]} range */
export function bands(count, range) {
  const step = (range[1] - range[0]) / Math.max(1, count);
  return { step, middle: (/** @type {number} */ place) => range[0] + (place + 0.5) * step };
}

/** Round figures that lie in a domain, about so many. @param {[number, number]} domain @param {number} [wanted] */
export function ticks([low, high], wanted = 5) {
  const rough = (high - low) / wanted;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((by) => by * power).find((by) => by >= rough * 0.999) ?? 10 * power;
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) found.push(at === 0 ? 0 : at * step);
  return found;
}

/** From the least to the most of some figures, those not defined left out, widened to round figures.
 * @param {(number | null | undefined)[]} figures
 * @param {{ zero?: boolean, least?: number, most?: number }} [bounds]
 * @returns {[number, number]} */
export function extent(figures, { zero = false, least = -Infinity, most = Infinity } = {}) {
  const known = figures.filter((value) => value != null && Number.isFinite(value)).map(Number);
  if (zero) known.push(0);
  if (!known.length) return [0, 1];
  let low = known.reduce((a, b) => Math.min(a, b)), high = known.reduce((a, b) => Math.max(a, b));
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  const marks = ticks([low, high], 5), step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  return [Math.max(least, Math.floor(low / step + 1e-9) * step), Math.min(most, Math.ceil(high / step - 1e-9) * step)];
}

/** Which of so many labels are shown, so that each has room. @param {number} count @param {number} width @param {number} each */
export function thinned(count, width, each) {
  const every = Math.max(1, Math.ceil((count * each) / Math.max(1, width)));
  return Array.from({ length: count }, (_, place) => place).filter((place) => place % every === 0);
}
