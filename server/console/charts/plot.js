// A drawing that fills its width, with data points that pointer and arrow keys reach.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../preact.js";

/**
 * @typedef {{ x: number, y: number, says: string[] }} Point  a place on the paper and the lines that are told of it
 * @typedef {{ height: number, points?: Point[], stride?: number, marks: any }} Drawing  stride: points in one row of a grid
 */

/** @type {Record<string, number>} */
const KEYS = {
  ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity, PageDown: 10, PageUp: -10,
};

/** Its width in pixels; 720 until it is known. @param {{ current: any }} box */
export function useWidth(box) {
  const [width, setWidth] = useState(720);
  useLayoutEffect(() => {
    const measure = () => setWidth(Math.max(240, Math.round(box.current.clientWidth || 720)));
    const watching = new ResizeObserver(measure);
    watching.observe(box.current);
    measure();
    return () => watching.disconnect();
  }, []);
  return width;
}

/** @param {Point[]} points @param {number} x @param {number} y @param {boolean} inPlane */
function nearest(points, x, y, inPlane) {
  let best = -1, least = Infinity;
  points.forEach((point, place) => {
    const far = Math.abs(point.x - x) + (inPlane ? Math.abs(point.y - y) : Math.abs(point.y - y) * 0.01);
    if (far < least) [best, least] = [place, far];
  });
  return best;
}

/**
 * @param {{ label: string, what?: string, inPlane?: boolean, draw: (width: number) => Drawing }} props
 *   label: the chart's message as a sentence; what: what one point is; inPlane: the nearest point counts both ways
 */
export function Plot({ label, what = "data points", inPlane = false, draw }) {
  const box = useRef(/** @type {any} */ (null));
  const width = useWidth(box);
  const [at, setAt] = useState(-1);
  const { height, marks, points = [], stride = 0 } = draw(width);
  const shown = points[Math.min(at, points.length - 1)];
  useEffect(() => setAt(-1), [label]);

  const move = (/** @type {any} */ event) => {
    const frame = box.current.getBoundingClientRect();
    const by = width / frame.width;
    setAt(nearest(points, (event.clientX - frame.left) * by, (event.clientY - frame.top) * by, inPlane));
  };
  const press = (/** @type {any} */ event) => {
    if (event.key === "Escape") return setAt(-1);
    const step = event.key in KEYS ? KEYS[event.key] : event.key === "ArrowDown" ? stride : event.key === "ArrowUp" ? -stride : 0;
    if (!step) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(points.length - 1, at < 0 && Math.abs(step) < Infinity ? 0 : at + step)));
  };
  const reading = points.length > 0 && {
    tabIndex: 0, role: "group", "aria-label": `${points.length} ${what}: arrow keys read them`, onKeyDown: press,
    onPointerMove: move, onPointerLeave: () => setAt(-1), onBlur: () => setAt(-1),
  };
  return html`<div class="plot" ref=${box} ...${reading}>
    <svg role="img" aria-label=${label} viewBox=${`0 0 ${width} ${height}`} width=${width} height=${height}>
      ${marks}
      ${shown && html`<circle class="cursor" cx=${shown.x} cy=${shown.y} r="7" />`}
    </svg>
    ${points.length > 0 && html`<${Tip} point=${shown} width=${width} height=${height} />`}
  </div>`;
}

/** @param {{ point?: Point, width: number, height: number }} props */
function Tip({ point, width, height }) {
  const left = point != null && point.x > width * 0.6;
  const under = point != null && point.y < height * 0.35;
  const place = point && {
    left: `${(100 * point.x) / width}%`, top: `${(100 * point.y) / height}%`,
  };
  return html`<div class=${`tip ${left ? "leftward" : ""} ${under ? "under" : ""}`} role="status" hidden=${!point} style=${place ?? {}}>
    ${point?.says.map((line, place) => (place ? html`<div>${line}</div>` : html`<strong>${line}</strong>`))}
  </div>`;
}
