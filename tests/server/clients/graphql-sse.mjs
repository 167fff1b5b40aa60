import { createClient } from "graphql-sse";
import { authorization, line, tell, WATCH } from "./common.mjs";

const way = await line();
const client = createClient({
  url: way.http, headers: { authorization }, retryAttempts: 10, retry: () => new Promise((later) => setTimeout(later, 100)),
});

function once(query) {
  return new Promise((resolve, reject) => {
    let found;
    client.subscribe({ query }, {
      next: (answer) => { found = answer; }, error: reject,
      complete: () => (found.errors ? reject(found.errors) : resolve(found.data)),
    });
  });
}

await tell("graphql-sse", {
  line: way, query: once, mutate: once,
  fail: (query) => once(query).then(() => [], (errors) => [].concat(errors).map(({ message }) => message)),
  subscribe: (variables, { next, error, complete }) => client.subscribe({ query: WATCH, variables }, {
    next: (answer) => (answer.errors ? error(answer.errors[0]) : next(answer.data)), error, complete,
  }),
});
