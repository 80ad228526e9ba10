/** Started with --import before main.js: plants the fault that its URL names (faults.ts). For the chaos suite only. */
import { register } from 'node:module';

const fault = new URL(import.meta.url).searchParams.get('fault');
register('./plant-hooks.js', import.meta.url, { data: { fault } });
