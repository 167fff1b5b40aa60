import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { authorization, line, tell, WATCH } from "./common.mjs";

const way = await line();
const socket = createClient({
  url: way.websocket, webSocketImpl: WebSocket, connectionParams: { authorization },
  retryAttempts: 10, retryWait: () => new Promise((later) => setTimeout(later, 100)),
});
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: way.http, headers: { authorization } }),
  ),
});

await tell("Apollo Client", {
  line: way,
  query: async (query) => (await client.query({ query: gql(query) })).data,
  mutate: async (mutation) => (await client.mutate({ mutation: gql(mutation) })).data,
  fail: (query) => client.query({ query: gql(query) }).then(() => [], (error) => [error.message]),
  subscribe(variables, { next, error, complete }) {
    const following = client.subscribe({ query: gql(WATCH), variables }).subscribe({
      next: (answer) => (answer.error ? error(answer.error) : next(answer.data)), error, complete,
    });
    return () => following.unsubscribe();
  },
});
