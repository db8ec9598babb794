// One session of the TypeScript SDK 1.x: sdk_typescript_v1.mjs MODE CALLS COMMAND..., MODE is legacy.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { session } from "./sdk_session.mjs";

const [, , , calls, command, ...args] = process.argv;
const client = new Client({ name: "sdk_typescript_v1", version: "1" });
const transport = new StdioClientTransport({ command, args });
// 1.x keeps the version to itself and tells only the transport.
let version;
transport.setProtocolVersion = (negotiated) => (version = negotiated);
await session(client, transport, JSON.parse(calls), () => version);
