// One session over a connected TypeScript client, whichever SDK it is from. Prints what it saw as one
// JSON object, of the same shape as sdk_python.py, and judges nothing.

async function listed(client) {
  const names = [];
  let cursor;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    names.push(...page.tools.map((tool) => tool.name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

async function called(client, row) {
  try {
    const result = await client.callTool({ name: row.tool, arguments: row.arguments });
    const text = result.content.filter((block) => block.type === "text").map((block) => block.text);
    return { tool: row.tool, text: text.join("\n"), isError: result.isError === true };
  } catch (error) {
    return { tool: row.tool, error: String(error) };
  }
}

/**
 * Connects, lists, calls and closes. `version` is asked after connecting.
 * Lines that the SDK cannot parse reach only `onerror`.
 */
export async function session(client, transport, calls, version) {
  const log = [];
  client.onerror = (error) => log.push(String(error));
  await client.connect(transport);
  const tools = await listed(client);
  const answers = [];
  for (const row of calls) answers.push(await called(client, row));
  const negotiated = version();
  await client.close();
  console.log(JSON.stringify({ version: negotiated, tools, calls: answers, log }));
}
