import { createClient as createSocket } from "graphql-ws";
import { Client, fetchExchange, subscriptionExchange } from "urql";
import WebSocket from "ws";
import { authorization, line, tell, WATCH } from "./common.mjs";

// what urql aborts when someone leaves, it leaves unhandled
process.on("unhandledRejection", (reason) => { if (reason?.name !== "AbortError") throw reason; });
const over = process.argv[2];
const way = await line();
const socket = createSocket({
  url: way.websocket, webSocketImpl: WebSocket, connectionParams: { authorization },
  retryAttempts: 10, retryWait: () => new Promise((later) => setTimeout(later, 100)),
});
const viaSocket = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});
const client = new Client({
  url: way.http, fetchOptions: { headers: { authorization } }, requestPolicy: "network-only", preferGetMethod: false,
  fetchSubscriptions: over === "sse",
  exchanges: over === "sse" ? [fetchExchange] : [fetchExchange, viaSocket],
});

// urql leaves coming back to whoever subscribes, where it streams by itself
function subscribe(variables, { next, error, complete }) {
  let ended = false, stop = () => {};
  const begin = () => {
    const { unsubscribe } = client.subscription(WATCH, { ...variables }).subscribe(({ data, error: failure, hasNext }) => {
      if (ended) return;
      if (failure?.networkError) return setTimeout(begin, 100);
      if (failure) { ended = true; error(failure); return; }
      if (data) next(data);
      if (hasNext === false) { ended = true; complete(); }
    });
    stop = unsubscribe;
  };
  begin();
  return () => { ended = true; stop(); };
}

const value = ({ data, error }) => { if (error) throw error; return data; };
await tell(`urql over ${over}`, {
  line: way,
  query: async (query) => value(await client.query(query, {})),
  mutate: async (mutation) => value(await client.mutation(mutation, {})),
  fail: async (query) => (await client.query(query, {})).error.graphQLErrors.map(({ message }) => message),
  subscribe,
});
