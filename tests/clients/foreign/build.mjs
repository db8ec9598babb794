// Builds the hostile component: node build.mjs WIT_FOLDER STUBBED FULL
//
// STUBBED has none of the engine's own WASI: what is left are the imports of our world. FULL has the
// engine as it comes, which wants files.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { componentize } from '@bytecodealliance/componentize-js';

const ENGINE = ['stdio', 'random', 'clocks', 'http', 'fetch-event'];
const [wit, stubbed, full] = process.argv.slice(2);
const sourcePath = fileURLToPath(new URL('hostile.mjs', import.meta.url));

for (const [file, disableFeatures] of [[stubbed, ENGINE], [full, ['fetch-event']]]) {
  const { component } = await componentize({ sourcePath, witPath: wit, worldName: 'server', disableFeatures });
  await writeFile(file, component);
  console.log(`${file}: ${component.length} bytes`);
}
