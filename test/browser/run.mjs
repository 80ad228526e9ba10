#!/usr/bin/env node
// npm run test:browser: the built console in a real browser, against a real server with simulated chargers. Every page's main task, roles,
// what changes while one looks, no fault in the browser's console, no serious finding of axe; pictures in test/browser/shots.
// Ends with code 77 (SKIPPED) where there is no browser. Options: names of journeys, to run those alone with what they stand on.
// LOOKS=few takes fewer pictures.
import * as administration from './administration.mjs';
import * as chargePoint from './charge-point.mjs';
import * as charging from './charging.mjs';
import * as fleet from './fleet.mjs';
import { closeAll, findBrowser, restOf, startBrowser, startWorld } from './kit.mjs';
import * as people from './people.mjs';
import * as rest from './webhooks-and-alerts.mjs';

if (findBrowser() === undefined) {
  console.log('SKIPPED: there is no Chromium (CHROMIUM names one; Debian: apt-get install chromium)');
  process.exit(77);
}

/** In order: each finds what the ones before have left. */
const journeys = [
  ['a stranger sees a sign-in page and nothing else; wrong passwords are told', people.strangers],
  ['from no charger to a connected one, and what went wrong on the way', charging.firstCharger],
  ['charging: started, followed, stopped; its price, its course', charging.charge],
  ['messages as they come; commands with their outcome; a name', charging.operate],
  ['a charger that nobody knows is let in', charging.adopt],
  ['settings: read, changed, as a template wants them', chargePoint.settings],
  ['a limit and what the charger makes of it; a reservation', chargePoint.limitsAndReservations],
  ['certificates, uptime, who asked what', chargePoint.records],
  ['put into operation: begun, stopped, done, its report', fleet.commission],
  ['firmware: an image, a rollout drafted, started, paused, ended', fleet.firmware],
  ['any OCPP request by its schema', fleet.anyRequest],
  ['sites, and where they are', fleet.sites],
  ['one command for many, and what became of it', fleet.toMany],
  ['webhooks: created, tested, sent again, a new secret, deleted', rest.webhooks],
  ['alerts: told, taken in hand, commented, closed', rest.alerts],
  ['tokens: a card that nobody knows is let in, grouped, blocked', administration.tokens],
  ['tariffs: written, priced while one writes, kept, assigned', administration.tariffs],
  ['the organization: settings, a key, the audit log', administration.organization],
  ['somebody is invited, comes, sets up a second factor, and goes', administration.newcomer],
  ['a handover: begun, looked at, cancelled', administration.handovers],
  ['reports: totals, a file, uptime', administration.reports],
  ['rules of alerts, and a maintenance window', administration.rules],
  ['a viewer sees what a viewer may, and is told about the rest', people.viewer],
  ['a second factor is asked for', people.secondFactor],
  ['light, dark, a phone, German', people.looks],
  ['the pages of the business in the dark and on a phone', administration.looks],
];

const startedAt = Date.now();
/** Something hangs: the process ends all the same, and its children with it. */
const PATIENCE_MS = 240_000;
setTimeout(() => {
  console.log('FAILED  not done within four minutes');
  process.exit(1);
}, PATIENCE_MS).unref();
let failed = 0;
let passed = 0;
try {
  const { server, certificate } = await startWorld();
  const browser = await startBrowser(server.base);
  const sight = { server, certificate, browser, call: restOf(server.base), base: server.base, port: server.port };
  for (const [name, journey] of journeys) {
    const begun = Date.now();
    try {
      await journey(sight);
      if (browser.faults.length > 0) throw new Error(browser.faults.splice(0).join('\n'));
      passed += 1;
      console.log(`ok  ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (cause) {
      failed += 1;
      console.log(`FAILED  ${name}\n${cause instanceof Error ? cause.message : cause}`);
      console.log([...browser.faults.splice(0)].join('\n'));
      await browser.shotOfFailure();
      break; // the next ones stand on this one
    }
  }
  if (failed > 0) console.log(`the server said last:\n${server.output().slice(-2_000)}`);
} finally {
  await closeAll();
}
console.log(`${passed} journeys passed, ${failed} failed (${((Date.now() - startedAt) / 1000).toFixed(0)} s)`);
process.exit(failed > 0 ? 1 : 0);
