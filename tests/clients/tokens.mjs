// What answers cost: characters and tokens (o200k_base) of the tool list and of the answer to each recorded
// question, and answer sizes against the JSON that the seed handed on. Prints a table and fails when a bound
// does not hold or the reviewed figures in tokens.json differ: tokens.mjs HOST_BINARY REPOSITORY [--bless]
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync, readdirSync, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { encode } from "gpt-tokenizer/encoding/o200k_base";

const [host, root, bless] = process.argv.slice(2);
const here = join(root, "tests/clients");
const recorded = join(root, "tests/simulator/fixtures/argocd");
const questions = JSON.parse(readFileSync(join(here, "questions.json"), "utf8"));

// Bounds: tools/list over name, description and schema; one question on average; one answer.
const ALL_TOOLS_TOKENS = 5000;
const DEFAULT_TOOLS_TOKENS = 2500;
const QUESTION_TOKENS = 650;
const ANSWER_CHARS = 8000;
// An answer is at most so large a part of the seed's JSON, or 1.5 kB, whichever is larger.
const PART_OF_SEED = 0.05;
const SMALL_CHARS = 1500;

const tokens = (text) => encode(text).length;

/** A server on the demo Argo CD: ask(method, params) gives the result. */
function server(sets) {
  const child = spawn(host, ["run", "--demo"], { env: { ...process.env, ARGOCD_MCP_TOOLSETS: sets }, stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let id = 0;
  const ask = async (method, params = {}) => {
    child.stdin.write(JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }) + "\n");
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the server ended before it answered ${method}`);
      const message = JSON.parse(value);
      if (message.id === id) return message.result ?? Promise.reject(new Error(value));
    }
  };
  return { ask, close: () => child.stdin.end() };
}

/** Ages, openings and ports change from run to run; everything else does not. */
const steady = (text) =>
  text
    .replace(/\b\d+ (s|min|h|d) ago/g, "9 d ago")
    // A window of the demo opens each morning.
    .replace(/(closed, opens|open, closes) \S+ \(in [^)]*\)/g, "closed, opens 2026-01-01T00:00:00Z (in 9 d)")
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, "http://argocd.test");

async function listed(sets) {
  const it = server(sets);
  const { tools } = await it.ask("tools/list");
  it.close();
  const shown = tools.map(({ name, description, inputSchema }) => JSON.stringify({ name, description, inputSchema })).join("\n");
  return { tools: tools.length, characters: shown.length, tokens: tokens(shown) };
}

const problems = [];
const must = (holds, what) => holds || problems.push(what);
const figures = { list: { all: await listed("all"), default: await listed("default") }, questions: {}, seed: {} };
must(figures.list.all.tokens <= ALL_TOOLS_TOKENS, `the whole tool list has ${figures.list.all.tokens} tokens`);
must(figures.list.default.tokens <= DEFAULT_TOOLS_TOKENS, `the default tool list has ${figures.list.default.tokens} tokens`);

const it = server("all");
async function call(tool, args) {
  const result = await it.ask("tools/call", { name: tool, arguments: args });
  const text = steady(result.content[0].text);
  must(!result.isError, `${tool} ${JSON.stringify(args)} failed: ${text.slice(0, 300)}`);
  must(text.length <= ANSWER_CHARS, `${tool} ${JSON.stringify(args)} has ${text.length} characters`);
  return text;
}

const folders = readdirSync(recorded).filter((name) => existsSync(join(recorded, name, "index.json")) && !name.startsWith("_"));
for (const scenario of folders) {
  const calls = questions[scenario];
  if (!calls) {
    problems.push(`no question for ${scenario}`);
    continue;
  }
  const answers = [];
  for (const [tool, args] of calls) answers.push(await call(tool, args));
  const text = answers.join("\n");
  figures.questions[scenario] = { calls: calls.length, characters: text.length, tokens: tokens(text) };
}

// The seed handed the bodies on as JSON: the recorded ones are what it would have shown.
for (const [tool, suffix] of [
  ["get_application", ""],
  ["get_application_resource_tree", "/resource-tree"],
  ["get_application_managed_resources", "/managed-resources"],
]) {
  for (const scenario of folders) {
    const index = JSON.parse(readFileSync(join(recorded, scenario, "index.json"), "utf8"));
    const entry = index.find((entry) => entry.status === 200 && entry.as === "ci" && new RegExp(`^GET /api/v1/applications/[^/?]+${suffix}(\\?appNamespace=[^&]+)?$`).test(entry.request));
    if (!entry) continue;
    const url = new URL(entry.request.slice(4), "http://x");
    const args = { name: decodeURIComponent(url.pathname.split("/")[4]) };
    if (url.searchParams.has("appNamespace")) args.app_namespace = url.searchParams.get("appNamespace");
    const seed = readFileSync(join(recorded, scenario, entry.file)).length;
    const result = await it.ask("tools/call", { name: tool, arguments: args });
    const ours = Buffer.byteLength(steady(result.content[0].text));
    figures.seed[`${tool} ${args.name}`] = { seed, ours };
    const bound = Math.max(seed * PART_OF_SEED, SMALL_CHARS);
    must(ours <= bound, `${tool} ${args.name}: ${ours} bytes, the seed's ${seed} allow ${Math.round(bound)}`);
  }
}
it.close();

const rows = Object.entries(figures.questions);
const average = rows.reduce((sum, [, row]) => sum + row.tokens, 0) / rows.length;
must(average <= QUESTION_TOKENS, `a question costs ${Math.round(average)} tokens on average`);

console.log("tool list    tools  characters  tokens");
for (const [name, row] of Object.entries(figures.list)) console.log(name.padEnd(12), String(row.tools).padStart(5), String(row.characters).padStart(11), String(row.tokens).padStart(7));
console.log("\nquestion".padEnd(46), "calls  characters  tokens");
for (const [name, row] of rows) console.log(name.padEnd(45), String(row.calls).padStart(5), String(row.characters).padStart(11), String(row.tokens).padStart(7));
console.log("average".padEnd(45), (rows.reduce((sum, [, row]) => sum + row.calls, 0) / rows.length).toFixed(1).padStart(5), " ".repeat(11), String(Math.round(average)).padStart(7));
console.log("\nsame question, bytes".padEnd(64), "seed   ours  part");
for (const [name, row] of Object.entries(figures.seed)) console.log(name.padEnd(60), String(row.seed).padStart(7), String(row.ours).padStart(6), `${((100 * row.ours) / row.seed).toFixed(1)}%`.padStart(6));

const reviewed = join(here, "tokens.json");
const text = JSON.stringify(figures, null, 1) + "\n";
if (bless === "--bless") writeFileSync(reviewed, text);
else must(existsSync(reviewed) && readFileSync(reviewed, "utf8") === text, "the figures differ from the reviewed ones in tests/clients/tokens.json; `tests/clients/sdk.sh HOST tokens --bless` rewrites them");
for (const problem of problems) console.log(`FAIL ${problem}`);
console.log(problems.length ? `${problems.length} bounds do not hold` : "all bounds hold");
process.exit(problems.length ? 1 : 0);
