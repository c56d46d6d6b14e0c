// Follows a session of a log API and proves its first entry: node examples/client/index.ts URL SESSION
// In a project of your own the first import is: import { LogClient } from "gatelog/client";
import { LogClient } from "../../src/client/public.ts";

const [baseUrl = "http://127.0.0.1:8549", sessionId = ""] = process.argv.slice(2);
const client = new LogClient({ baseUrl });
for await (const event of client.events(sessionId)) {
  if (event.type !== "entry") continue;
  const { entry } = event;
  const { chain, signer } = await client.proof({ sessionId, gatewayId: entry.gatewayId }, entry.index);
  console.log(
    `${entry.id} step ${entry.step} ${entry.operation}, signed by ${signer}, ${chain?.transactionHash ?? "on no chain"}`,
  );
}
