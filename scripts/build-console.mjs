#!/usr/bin/env node
// The console (src/console, a page for browsers) into a folder, as the server serves it: node scripts/build-console.mjs [--outDir dist/console]
// What is large lies there compressed as well, so that serving it costs nothing. --dev [--api URL]: serves it as it is written, for whoever writes it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, createServer } from 'vite';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    outDir: { type: 'string', default: join(root, 'dist', 'console') },
    dev: { type: 'boolean', default: false },
    api: { type: 'string', default: 'http://127.0.0.1:3000' },
  },
});
const outDir = resolve(values.outDir);

const shared = {
  configFile: false,
  root: join(root, 'src', 'console'),
  logLevel: 'warn',
  // a setup that others share, or that is read-only, gets no files of a development server
  cacheDir: join(root, 'dist', '.vite'),
};

if (values.dev) {
  const server = await createServer({
    ...shared,
    logLevel: 'info',
    server: { proxy: { '/api': values.api, '/docs': values.api } },
  });
  await server.listen();
  server.printUrls();
} else {
  await build({
    ...shared,
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false }, // it would be an inline script
      reportCompressedSize: false,
      manifest: true,
      rolldownOptions: {
        // "use client" is meant for servers that render; libraries say it hundreds of times
        onLog(level, log, tell) {
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') tell(level, log);
        },
      },
    },
  });
  for (const name of readdirSync(join(outDir, 'assets'))) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = join(outDir, 'assets', name);
    const raw = readFileSync(file);
    if (raw.length < 1_000) continue;
    writeFileSync(`${file}.gz`, gzipSync(raw, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  }
}
