// uPlot as published, which is a script and no module: loaded when the first large chart is drawn.

const FOLDER = new URL("../vendor/uplot/", import.meta.url);

/** @type {Promise<any> | null} */
let loading = null;

/** @returns {Promise<any>} the constructor */
export function loadUPlot() {
  loading ??= new Promise((done, failed) => {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: String(new URL("uPlot.min.css", FOLDER)) });
    const script = Object.assign(document.createElement("script"), { src: String(new URL("uPlot.iife.min.js", FOLDER)) });
    script.onload = () => done(/** @type {any} */ (globalThis).uPlot);
    script.onerror = () => {
      loading = null;
      failed(new Error("The chart's program could not be loaded; reload the page."));
    };
    document.head.append(style, script);
  });
  return loading;
}
