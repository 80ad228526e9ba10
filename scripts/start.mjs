#!/usr/bin/env node
// npm start: sets up what is missing, then becomes the server. One process, so that signals and exit codes are its own.
import { setupOrExit } from './setup.mjs';

await setupOrExit();
process.env.NODE_ENV ??= 'production';
process.setSourceMapsEnabled(true);
await import('../dist/src/main.js');
