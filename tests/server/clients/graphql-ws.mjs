import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, line, tell, WATCH } from "./common.mjs";

const way = await line();
const client = createClient({
  url: way.websocket, webSocketImpl: WebSocket, connectionParams: { authorization },
  retryAttempts: 10, retryWait: () => new Promise((later) => setTimeout(later, 100)),
});

function once(query) {
  return new Promise((resolve, reject) => {
    let found;
    client.subscribe({ query }, { next: (answer) => { found = answer; }, error: reject, complete: () => resolve(found.data) });
  });
}

await tell("graphql-ws", {
  line: way, query: once, mutate: once,
  fail: (query) => once(query).then(() => [], (errors) => errors.map(({ message }) => message)),
  subscribe: (variables, { next, error, complete }) => client.subscribe({ query: WATCH, variables }, {
    next: (answer) => (answer.errors ? error(answer.errors[0]) : next(answer.data)), error, complete,
  }),
});
