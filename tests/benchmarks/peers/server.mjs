// @tus/server with @tus/file-store over TLS 1.3, as its README starts it, for the upload benchmarks.
//   node server.mjs CERTIFICATE KEY FOLDER        prints {"port":N} when it takes connections
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [certificate, key, directory] = process.argv.slice(2);
const tus = new Server({ path: "/files", datastore: new FileStore({ directory }) });
const options = { cert: readFileSync(certificate), key: readFileSync(key), minVersion: "TLSv1.3" };
const server = createServer(options, (request, response) => tus.handle(request, response));
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
