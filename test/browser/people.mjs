// Journeys of people: who is let in, what each may see, and how it looks to them.
import assert from 'node:assert/strict';
import { codeAt, stepAt } from '../../dist/src/auth/totp.js';
import { fromBase32, owner, until } from './kit.mjs';

/** His screen becomes the owner's, who runs the business from journey to journey. */
export async function strangers(sight) {
  const { browser, base } = sight;
  sight.owner = await browser.person({ expects: ['/auth/login', '400 (Bad Request)', '409 (Conflict)'] });
  const { page } = sight.owner;
  const answer = await page.goto('/sessions?show=running');
  const policy = answer.headers()['content-security-policy'];
  assert.match(policy, /script-src 'self';/);
  assert.doesNotMatch(policy, /unsafe/);
  await page.getByLabel('E-mail address', { exact: true }).waitFor();
  assert.equal(await page.getByRole('navigation').count(), 0);
  await browser.shot(page, 'sign-in');
  await browser.accessible(page, 'sign-in');
  await browser.signIn(page, { ...owner, password: 'something else entirely' });
  await page.getByText('The e-mail address or the password is wrong').waitFor();
  await browser.signIn(page, owner);
  // where he wanted to go
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
  assert.ok(await page.getByRole('radio', { name: 'Running' }).isChecked());
  assert.equal(new URL(page.url()).search, '?show=running');
  await page.goto('/no-such-page');
  await page.getByText('There is nothing at this address').waitFor();
  await page.reload(); // the cookie takes the login up again
  await page.getByText('There is nothing at this address').waitFor();
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail address', { exact: true }).waitFor();
  await page.reload();
  await page.getByLabel('E-mail address', { exact: true }).waitFor();
  const unknown = await fetch(`${base}/api/v1/nothing`, { headers: { accept: 'text/html' } });
  assert.equal(unknown.status, 404);
  assert.match(unknown.headers.get('content-type'), /json/);
  await browser.signIn(page, owner);
  await page.getByText('There is nothing at this address').waitFor();
}

/** A member by invitation, as they become one. */
async function member({ call }, email, role) {
  const password = 'a bridge across the fjord';
  const { token, url } = await call('POST', '/invitations', { email, role, delivery: 'link' });
  const secret = token ?? new URL(url).hash.slice(1).split('=').at(-1);
  await call('POST', '/invitations/accept', { token: secret, name: `The ${role}`, password });
  return { email, password };
}

export async function viewer(sight) {
  const { browser } = sight;
  const person = await member(sight, 'viewer@example.com', 'viewer');
  const { page, context } = await browser.person({ expects: ['403'] });
  await browser.signIn(page, person);
  await page.locator('[data-live="live"]').waitFor();
  await page.getByRole('link', { name: 'Charge points' }).click();
  await page.getByRole('link', { name: 'Left bay' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Connect a charger' }).count(), 0);
  assert.equal(await page.getByRole('link', { name: 'Webhooks' }).count(), 0);
  await page.getByRole('link', { name: 'Left bay' }).click();
  await page.getByRole('heading', { level: 1, name: 'Left bay' }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'Connector 1' }).waitFor();
  for (const name of ['Start charging', 'More actions'])
    assert.equal(await page.getByRole('button', { name }).count(), 0, name);
  for (const name of ['Commands', 'Settings']) assert.equal(await page.getByRole('tab', { name }).count(), 0, name);
  await browser.accessible(page, 'charge point of a viewer');
  await page.goto('/webhooks');
  await page.getByText('Your role does not allow this').waitFor();
  await browser.shot(page, 'forbidden');
  await context.close();
}

/** As many windows as one likes, side by side: some look every few seconds instead of listening, and none waits for a connection. */
export async function manyWindows(sight) {
  const { browser } = sight;
  const person = await member(sight, 'wall@example.com', 'viewer');
  const { page, context } = await browser.person();
  await browser.signIn(page, person);
  await page.locator('[data-live="live"]').waitFor();
  const windows = [page];
  for (const path of ['/', '/sessions', '/alerts', '/charge-points', '/', '/sessions', '/alerts']) {
    const next = await context.newPage();
    next.setDefaultTimeout(30_000);
    await next.goto(path);
    await next.locator('[data-live]').waitFor();
    windows.push(next);
  }
  const states = async () => {
    const all = await Promise.all(windows.map((each) => each.locator('[data-live]').getAttribute('data-live')));
    return {
      live: all.filter((each) => each === 'live').length,
      others: all.filter((each) => each === 'polling').length,
    };
  };
  await until('four listen', async () => (await states()).live === 4 && (await states()).others === 4);
  await windows.at(-1).getByRole('link', { name: 'Sessions' }).click();
  await windows.at(-1).getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
  await context.close();
}

export async function secondFactor(sight) {
  const { browser, call } = sight;
  const person = await member(sight, 'careful@example.com', 'operator');
  const { access_token: token } = await call('POST', '/auth/login', person);
  const { secret } = await call('POST', '/users/me/second-factor', { password: person.password }, token);
  const key = fromBase32(secret);
  const now = stepAt(new Date());
  await call('POST', '/users/me/second-factor/confirm', { code: codeAt(key, now - 1) }, token);
  const { page, context } = await browser.person({ expects: ['/auth/login'] });
  await browser.signIn(page, person);
  await page.getByText('Your account has a second factor').waitFor();
  await browser.accessible(page, 'second factor');
  await page.getByRole('textbox', { name: 'Code' }).fill('not it');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByRole('textbox', { name: 'Code' }).fill(codeAt(key, stepAt(new Date())));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await context.close();
}

/** Pages of all kinds, when something is on them. */
async function everyPage({ call }) {
  const { data: points } = await call('GET', '/charge-points');
  const { data: sessions } = await call('GET', '/sessions?status=ended');
  const { data: tariffs } = await call('GET', '/tariffs?limit=1');
  const left = points.find(({ name }) => name === 'Left bay');
  return [
    ['overview', '/', 'Overview'],
    ['charge-points', '/charge-points', 'Charge points'],
    ['charge-point', `/charge-points/${left.id}`, 'Left bay'],
    ['session', `/sessions/${sessions[0].id}`, /QUAY/],
    ['sessions', '/sessions', 'Sessions'],
    ['configuration', `/charge-points/${left.id}/configuration`, 'Left bay'],
    ['rollouts', '/rollouts', 'Firmware'],
    ['power', `/charge-points/${left.id}/power`, 'Left bay'],
    ['list-of-sites', '/sites', 'Sites'],
    ['commission', `/charge-points/${left.id}/commission`, 'Put into operation'],
    ['tariff', `/tariffs/${tariffs[0].id}`, 'Night and day'],
    ['reports', '/reports', 'Reports'],
    ['alert-rules', '/alerts/rules', 'Rules and maintenance'],
    ['organization', '/organization', 'Organization'],
    ['tokens', '/tokens', 'Tokens'],
    ['members', '/organization/members', 'Organization'],
    ['audit', '/organization/audit', 'Organization'],
    ['account', '/account', 'My account'],
    ['handovers', '/handovers', 'Handovers'],
    ['events', '/webhooks/events', 'Events'],
  ];
}

/** From page to page as links go; nothing is wider than the screen. Findings on the first ones, of each kind one. */
async function lookAt(page, browser, { places, screen, only, judged = 10 }) {
  for (const [at, [place, path, title]] of places.entries()) {
    await page.evaluate((to) => {
      window.history.pushState({}, '', to);
      window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
    }, path);
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.locator('main .card').first().waitFor();
    await page.waitForFunction(() => document.querySelector('[aria-label="Loading …"]') === null);
    await browser.shot(page, `${place}-${screen}`);
    if (at < judged) await browser.accessible(page, `${place}, ${screen}`, only);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${place}, ${screen}: ${overflow} px too wide`);
  }
}

/** What is dark differs by its colours alone. */
export async function looks(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  const all = await everyPage(sight);
  const isShort = process.env.LOOKS === 'none';
  if (!isShort) await lookAt(page, browser, { places: all, screen: 'light' });
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = { places: isShort ? all.slice(0, 10) : all, judged: all.length };
  await lookAt(page, browser, { ...dark, screen: 'dark', only: ['color-contrast', 'link-in-text-block'] });
  const german = await browser.person({ language: 'de-DE' });
  await german.page.goto('/');
  await german.page.getByLabel('E-Mail-Adresse').fill(owner.email);
  await german.page.getByLabel('Passwort', { exact: true }).fill(owner.password);
  await german.page.getByRole('button', { name: 'Anmelden' }).click();
  await german.page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
  await german.page.getByText('Energie heute').waitFor();
  await browser.shot(german.page, 'overview-german');
  await german.context.close();
}

export async function phone(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.setViewportSize({ width: 390, height: 844 });
  await lookAt(page, browser, { places: await everyPage(sight), screen: 'phone' });
}
