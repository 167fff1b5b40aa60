// The console, put together: which page belongs to which path.

import { hearKeys } from "./keys.js";
import { HeadingLevel } from "./charts/figure.js";
import { ComparePage } from "./pages/compare.js";
import { NotFound } from "./pages/not_found.js";
import { PresetsPage } from "./pages/presets.js";
import { RequestsPage } from "./pages/requests/list.js";
import { NewRequestPage } from "./pages/requests/new.js";
import { RequestPage } from "./pages/requests/page.js";
import { RunPage } from "./pages/run/page.js";
import { RunsPage } from "./pages/runs.js";
import { ScenarioPage } from "./pages/scenario.js";
import { EditorPage } from "./pages/editor/page.js";
import { ScenariosPage } from "./pages/scenarios.js";
import { ChooseOrganisation, NotLetIn } from "./pages/organisations.js";
import { SignIn } from "./pages/sign_in.js";
import { NewStudyPage } from "./pages/studies/new.js";
import { StudiesPage } from "./pages/studies/list.js";
import { StudyPage } from "./pages/studies/page.js";
import { Dialog } from "./parts/dialog.js";
import { Notice } from "./parts/states.js";
import { html, render, useErrorBoundary, useEffect } from "./preact.js";
import { followLinks, matched, place } from "./route.js";
import { resume, session } from "./session.js";
import { Shell } from "./shell.js";
import { wearTheme } from "./theme.js";
import { useTold } from "./use_told.js";
import { useViewerAnswer, ViewerProvider } from "./viewer.js";

/** The first that fits is shown. @type {[string, any][]} */
const PAGES = [
  ["/", ScenariosPage],
  ["/scenarios", ScenariosPage],
  ["/scenarios/:id", ScenarioPage],
  ["/scenarios/:id/edit", EditorPage],
  ["/runs", RunsPage],
  ["/runs/:id", RunPage],
  ["/compare", ComparePage],
  ["/studies", StudiesPage],
  ["/studies/new", NewStudyPage],
  ["/studies/:id", StudyPage],
  ["/presets", PresetsPage],
  ["/requests", RequestsPage],
  ["/requests/new", NewRequestPage],
  ["/requests/:id", RequestPage],
  ["/sign-in", ScenariosPage],
];

function Console() {
  const { token } = useTold(session);
  const { path, query } = useTold(place);
  const began = useBegun(token);
  const answer = useViewerAnswer();
  useEffect(() => { document.getElementById("main")?.focus({ preventScroll: true }); }, [path]);
  if (!began) return html`<${Shell} viewer=${null}><${SignIn} /><//>`;
  const viewer = answer.data?.viewer ?? null;
  const choices = answer.error?.extensions.organisations;
  if (choices) return html`<${Shell} viewer=${null}><${ChooseOrganisation} of=${choices} onChosen=${answer.again} /><//>`;
  if (answer.error?.extensions.code === "FORBIDDEN") return html`<${Shell} viewer=${null}><${NotLetIn} why=${answer.error.message} onAgain=${answer.again} /><//>`;
  return html`<${ViewerProvider} value=${viewer}>
    <${Shell} viewer=${token ? viewer : null}><${Page} key=${path} path=${path} query=${query} /><//>
    ${!token && html`<${Dialog} title="Signed out" onClose=${() => {}}><${SignIn} /><//>`}
  <//>`;
}

/** Whether anybody was ever signed in here: then what is on the screen stays while they sign in again. @param {string | null} token */
function useBegun(token) {
  const { ended } = useTold(session);
  return token !== null || ended !== null;
}

/** @param {{ path: string, query: URLSearchParams }} props */
function Page({ path, query }) {
  const [error, reset] = useErrorBoundary();
  if (error) return html`<${Notice} kind="bad" title="This page broke" actions=${html`<button onClick=${reset}>Show it again</button><a class="button" href="/">Scenarios</a>`}>
    A fault of the console, not of your data: ${String(error.message ?? error)}<//>`;
  for (const [pattern, page] of PAGES) {
    const words = matched(pattern, path);
    if (words) return html`<${HeadingLevel.Provider} value=${2}><${page} ...${words} query=${query} /><//>`;
  }
  return html`<${NotFound} />`;
}

wearTheme();
followLinks();
hearKeys();
await resume();
render(html`<${Console} />`, /** @type {HTMLElement} */ (document.getElementById("console")));
