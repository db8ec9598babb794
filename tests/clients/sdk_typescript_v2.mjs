// One session of the TypeScript SDK 2.x: sdk_typescript_v2.mjs MODE CALLS COMMAND..., MODE is legacy,
// auto, or a version to pin.
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { session } from "./sdk_session.mjs";

const [, , name, calls, command, ...args] = process.argv;
const mode = ["legacy", "auto"].includes(name) ? name : { pin: name };
const client = new Client({ name: "sdk_typescript_v2", version: "1" }, { versionNegotiation: { mode } });
const transport = new StdioClientTransport({ command, args });
await session(client, transport, JSON.parse(calls), () => client.getNegotiatedProtocolVersion());
