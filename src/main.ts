/** Starts the server: reads the configuration, then serves, or supervises workers that do (WORKERS), or is one of those. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, installationHome, installationRoot, loadConfig } from './config/index.ts';
import { isWorker, lineToFirst } from './workers/index.ts';

/** What it does not need a process does not load. */
async function main(): Promise<void> {
  const line = isWorker() ? await lineToFirst() : undefined;
  if (isWorker() && line === undefined) return;
  const root = installationRoot();
  const config = loadConfig(process.env, installationHome());
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  if (line === undefined && config.workers > 1) return (await import('./supervise.ts')).supervise({ config, version });
  const { serve, serveAsWorker } = await import('./serve.ts');
  return line === undefined ? serve({ config, version }) : serveAsWorker({ config, version, line });
}

main().then(
  () => process.exit(0),
  (cause: unknown) => {
    const code = (cause as { code?: unknown } | undefined)?.code;
    if (cause instanceof ConfigError) console.error(`The configuration is not usable:\n${cause.message}`);
    else if (code === 'EADDRINUSE' || code === 'EACCES') {
      const why = code === 'EACCES' ? 'may not be opened by this user' : 'is used by another program';
      console.error(`Dynamo CSMS could not start: its port ${why}. Choose another one with PORT. (${String(cause)})`);
    } else console.error(cause instanceof Error ? `Dynamo CSMS could not start: ${cause.message}` : cause);
    process.exit(1);
  },
);
