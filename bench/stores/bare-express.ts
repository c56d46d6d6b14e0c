// What Express and its JSON parser take alone: answers every request at once, with as much JSON. Its first line has its URL.

import express from "express";

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use(express.json());
app.post("/{*path}", (_request, response) => {
  response.json({ success: true, response_data: "0" });
});
const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${address.port}` })}\n`);
});
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
});
