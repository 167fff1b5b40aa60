// A chart as a file: its table as CSV, the drawing with its words as PNG. The policy of the pages allows images of
// `data:` only, so the picture is painted from an SVG in a data: address, into which styles are written as they are.

/** @typedef {{ label: string, unit?: string, format?: (value: any) => string }} Column */

const XHTML = "http://www.w3.org/1999/xhtml";
const SHARPNESS = 2;
const MARGIN = 16;
/** What is taken over of how a browser shows an element; the rest follows from it or does not show. */
const HTML_STYLES = [
  "display", "position", "left", "right", "top", "bottom", "width", "height", "min-width", "margin", "padding", "box-sizing",
  "border-top", "border-right", "border-bottom", "border-left", "border-radius", "border-collapse", "border-spacing", "background-color",
  "color", "font-family", "font-size", "font-weight", "font-style", "font-variant-numeric", "line-height", "letter-spacing",
  "text-align", "text-transform", "white-space", "vertical-align", "list-style-type", "flex-direction", "flex-wrap", "flex-grow", "flex-shrink",
  "flex-basis", "align-items", "align-self", "justify-content", "gap", "grid-template-columns", "grid-template-rows", "grid-column", "grid-row", "opacity",
  "overflow-wrap", "table-layout",
];
const SVG_STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "opacity",
  "font-family", "font-size", "font-weight", "font-variant-numeric", "text-anchor", "dominant-baseline", "paint-order", "visibility", "display",
];

/** One field of CSV: quoted where it must be, and never a formula for a spreadsheet. @param {any} value */
function field(value) {
  if (value == null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = /^[=+\-@\t\r]/.test(String(value)) ? "'" + value : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Figures unrounded, without units, which stand in the head. @param {Column[]} columns @param {any[][]} rows */
export function csv(columns, rows) {
  const head = columns.map(({ label, unit }) => (unit ? `${label} (${unit})` : label));
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** @param {string} address @param {string} name */
export function save(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** @param {string} text @param {string} name */
export const saveText = (text, name) => save("data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + text), name);

/** Paints what an element shows, but what is marked `data-unsaved`. @param {HTMLElement} element @returns {Promise<string>} a PNG in a data: address */
export async function picture(element) {
  const width = element.getBoundingClientRect().width + hiddenWidth(element);
  const twin = copyOf(element);
  const height = savedHeight(element);
  const paper = getComputedStyle(element).backgroundColor;
  const [wide, high] = [Math.ceil(width) + 2 * MARGIN, Math.ceil(height) + 2 * MARGIN];
  const inside = `<foreignObject x="${MARGIN}" y="${MARGIN}" width="${Math.ceil(width)}" height="${Math.ceil(height)}">${twin}</foreignObject>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}"><rect width="100%" height="100%" fill="${paper}"/>${inside}</svg>`;
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: wide * SHARPNESS, height: high * SHARPNESS });
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  brush.scale(SHARPNESS, SHARPNESS);
  brush.drawImage(image, 0, 0);
  return canvas.toDataURL("image/png");
}

/** How far tables that scroll go on beyond their right edge. @param {HTMLElement} element */
const hiddenWidth = (element) => [...element.querySelectorAll(".scrolls")].reduce((most, one) => Math.max(most, one.scrollWidth - one.clientWidth), 0);

/** From its top to the last of what is saved. @param {HTMLElement} element */
function savedHeight(element) {
  const { top } = element.getBoundingClientRect();
  const kept = [...element.children].filter((child) => !child.hasAttribute("data-unsaved"));
  return kept.reduce((most, child) => Math.max(most, child.getBoundingClientRect().bottom - top), 0);
}

const escaped = (/** @type {string} */ text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** As XML with its styles written out. @param {Node} node @returns {string} */
function copyOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.textContent ?? "");
  if (!(node instanceof Element) || node.hasAttribute("data-unsaved") || node.hasAttribute("hidden")) return "";
  if (node instanceof HTMLCanvasElement) return imageOf(node);
  const isPage = node.namespaceURI === XHTML;
  const own = getComputedStyle(node);
  if (own.display === "none") return "";
  const styles = (isPage ? HTML_STYLES : SVG_STYLES).map((name) => `${name}:${own.getPropertyValue(name)}`).join(";");
  const kept = [...node.attributes].filter(({ name }) => !["style", "class", "tabindex"].includes(name) && !name.startsWith("on"));
  if (node.localName === "svg") return copyOfDrawing(node, styles);
  const given = kept.map(({ name, value }) => ` ${name}="${escaped(value)}"`).join("");
  const space = isPage ? ` xmlns="${XHTML}"` : "";
  return `<${node.localName}${space}${given} style="${escaped(styles)}">${[...node.childNodes].map(copyOf).join("")}</${node.localName}>`;
}

/** As large as it is shown, whatever it was made for. @param {Element} svg @param {string} styles */
function copyOfDrawing(svg, styles) {
  const { width, height } = svg.getBoundingClientRect(), box = svg.getAttribute("viewBox");
  const inside = [...svg.childNodes].map(copyOf).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="${width}" height="${height}" style="${escaped(styles)};overflow:visible">${inside}</svg>`;
}

/** @param {HTMLCanvasElement} canvas */
function imageOf(canvas) {
  const { position, left, top } = getComputedStyle(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  const place = `display:block;position:${position};left:${left};top:${top};width:${width}px;height:${height}px`;
  return `<img xmlns="${XHTML}" src="${canvas.toDataURL("image/png")}" style="${place}"/>`;
}
