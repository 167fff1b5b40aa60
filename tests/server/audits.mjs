// Runs all server audits of npm's graphql-http against an address, with a token, and prints each result as JSON.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, url, token] = process.argv.slice(2);
const { serverAudits } = createRequire(pathToFileURL(`${folder}/`))("graphql-http");
const fetchFn = (address, { headers = {}, ...given } = {}) =>
  fetch(address, { ...given, headers: { ...headers, authorization: `Bearer ${token}` } });
const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
