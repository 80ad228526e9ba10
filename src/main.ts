/** Starts the server: reads the configuration, then serves, or supervises workers that do (WORKERS), or is one of those. */
import { installationHome, loadConfig, programVersion } from './config/index.ts';
import { whyNoStart } from './why-no-start.ts';
import { isWorker, lineToFirst } from './workers/index.ts';

/** What it does not need a process does not load. */
async function main(): Promise<void> {
  const line = isWorker() ? await lineToFirst() : undefined;
  if (isWorker() && line === undefined) return;
  const config = loadConfig(process.env, installationHome());
  const version = programVersion();
  if (line === undefined && config.workers > 1) return (await import('./supervise.ts')).supervise({ config, version });
  const { serve, serveAsWorker } = await import('./serve.ts');
  return line === undefined ? serve({ config, version }) : serveAsWorker({ config, version, line });
}

main().then(
  () => process.exit(0),
  (cause: unknown) => {
    console.error(whyNoStart(cause));
    process.exit(1);
  },
);
