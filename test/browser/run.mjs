#!/usr/bin/env node
// npm run test:browser: the built console in a real browser, against a real server with simulated chargers. Every page's main task, roles,
// what changes while one looks, no fault in the browser's console, no serious finding of axe; pictures in test/browser/shots.
// Ends with code 77 (SKIPPED) where there is no browser. LOOKS=none takes no pictures (but of what fails). --measure [live|many] tells
// instead how fast the console is (measure/measure.mjs).
import * as administration from './administration.mjs';
import * as chargePoint from './charge-point.mjs';
import * as charging from './charging.mjs';
import * as fleet from './fleet.mjs';
import { keyboard } from './keyboard.mjs';
import { browserOf, closeAll, findBrowser, restOf, startBrowser, startWorld } from './kit.mjs';
import * as people from './people.mjs';
import * as rest from './webhooks-and-alerts.mjs';

if (findBrowser() === undefined) {
  console.log('SKIPPED: there is no Chromium (CHROMIUM names one; Debian: apt-get install chromium)');
  process.exit(77);
}

/**
 * Two lanes side by side, as a machine of two processors has room for: who keeps chargers, and who runs the business. Within a lane each
 * finds what the ones before have left; what one needs of the other lane it waits for by name.
 */
const lanes = [
  [
    ['from no charger to a connected one, and what went wrong on the way', charging.firstCharger],
    ['charging: started, followed, stopped; its price, its course', charging.charge],
    ['messages as they come; commands with their outcome; a name', charging.operate],
    ['a charger that nobody knows is let in', charging.adopt],
    ['settings: read, changed, as a template wants them', chargePoint.settings],
    ['a limit and what the charger makes of it; a reservation', chargePoint.limitsAndReservations],
    ['certificates, uptime, who asked what', chargePoint.records],
    ['put into operation: failed, begun, stopped, done, its report', fleet.commission],
    ['firmware: an image, a rollout drafted, started, paused, promoted, ended', fleet.firmware],
    ['any OCPP request by its schema', fleet.anyRequest],
    ['sites, and where they are', fleet.sites],
    ['one command for many, and what became of it', fleet.toMany],
    [
      'a station of OCPP 2.x: its device model, a certificate, its local list',
      chargePoint.station,
      administration.tokens, // which are in the list
    ],
    ['alerts: told, taken in hand, commented, closed', rest.alerts],
    ['with the keyboard alone, from the sign-in to the sign-out', keyboard],
    ['light, dark, German', people.looks, administration.reports],
  ],
  [
    ['a stranger sees a sign-in page and nothing else; wrong passwords are told', people.strangers],
    ['the organization: settings, a key, the audit log', administration.organization],
    ['single sign-on: set up with a provider, used, ended', administration.singleSignOn],
    ['somebody is invited, comes, sets up a second factor, and goes', administration.newcomer],
    ['a second factor is asked for', people.secondFactor],
    ['eight windows side by side', people.manyWindows],
    [
      'webhooks: created, tested, sent again, a new secret, failed and recovered, deleted',
      rest.webhooks,
      charging.charge,
    ],
    ['tokens: a card that nobody knows is let in, grouped, blocked', administration.tokens, charging.charge],
    ['tariffs: written, priced while one writes, kept, assigned', administration.tariffs],
    ['handovers: one cancelled, one taken over by another organization', administration.handovers],
    ['reports: totals, a file, uptime', administration.reports, charging.operate],
    ['a viewer sees what a viewer may, and is told about the rest', people.viewer],
    ['rules of alerts, and a maintenance window', administration.rules, keyboard],
    ['the pages on a phone', people.phone],
  ],
];

const startedAt = Date.now();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;
/** Something hangs: the process ends all the same, and its children with it. */
const isMeasured = process.argv.includes('--measure');
const PATIENCE_MS = Number(process.env.PATIENCE_S ?? (isMeasured ? 1_800 : 280)) * 1_000;
setTimeout(() => {
  console.log('FAILED  not done in time');
  process.exit(1);
}, PATIENCE_MS).unref();

/** By journey: done, or that it never will be. */
const done = new Map(lanes.flat().map(([, journey]) => [journey, outcome()]));
function outcome() {
  const given = {};
  given.promise = new Promise((resolve, reject) => Object.assign(given, { resolve, reject }));
  given.promise.catch(() => {}); // told where it happened
  return given;
}
let failed = 0;
let passed = 0;

/** One after the other until one fails: the next ones stand on it, and so does what the other lane waits for. */
async function follow(lane, sight) {
  const { browser } = sight;
  let hasFailed = false;
  for (const [name, journey, ...needs] of lane) {
    const { resolve, reject } = done.get(journey);
    if (hasFailed) {
      reject(new Error(`not done: ${name}`));
      continue;
    }
    let begun = Date.now();
    try {
      await Promise.all(needs.map((each) => done.get(each).promise));
      begun = Date.now();
      await journey(sight);
      if (browser.faults.length > 0) throw new Error('the browser has found faults');
      passed += 1;
      console.log(`ok  ${name} (${seconds(begun)})`);
      resolve();
    } catch (cause) {
      hasFailed = true;
      failed += 1;
      reject(new Error(`failed: ${name}`));
      console.log(`FAILED  ${name} (${seconds(begun)})\n${cause instanceof Error ? cause.message : cause}`);
      console.log(browser.faults.splice(0).join('\n'));
      await browser.shotOfFailure();
    }
  }
}

try {
  const [{ server, certificate, dataDir, mailbox }, chromium] = await Promise.all([startWorld(), startBrowser()]);
  const { base, port } = server;
  const world = { server, certificate, dataDir, mailbox, base, port, call: restOf(base) };
  if (isMeasured) {
    const { measure } = await import('./measure/measure.mjs');
    await measure({ ...world, browser: browserOf(chromium, base, 'failure') });
  } else {
    await Promise.all(
      lanes.map((lane, at) => follow(lane, { ...world, browser: browserOf(chromium, base, `failure-${at}`) })),
    );
  }
  if (failed > 0) console.log(`the server said last:\n${server.output().slice(-2_000)}`);
} finally {
  await closeAll();
}
if (!isMeasured) console.log(`${passed} journeys passed, ${failed} failed (${seconds(startedAt)})`);
process.exit(failed > 0 ? 1 : 0);
