// PostGraphile 5 on the tables and views of one organisation, under the row security that Springtide's own server has
// what Node 22 has and PostGraphile asks for
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((done, failed) => ([resolve, reject] = [done, failed]));
  return { promise, resolve, reject };
};
import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makeV4Preset } from "postgraphile/presets/v4";
import { makePgService } from "postgraphile/adaptors/pg";

const preset = {
  extends: [PostGraphileAmberPreset, makeV4Preset({ simpleCollections: "omit" })],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["springtide"] })],
  grafast: {
    context: () => ({ pgSettings: { role: "springtide_app", "app.organisation_id": process.env.ORGANISATION } }),
  },
  grafserv: { graphiql: false, watch: false },
};
const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
