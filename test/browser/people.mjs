// Journeys of people: who is let in, what each may see, and how it looks to them.
import assert from 'node:assert/strict';
import { codeAt, stepAt } from '../../dist/src/auth/totp.js';
import { fromBase32, owner } from './kit.mjs';

export async function strangers({ browser, base }) {
  const { page, context } = await browser.person({ expects: ['/auth/login'] });
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
  await page.getByText('Nobody is charging at the moment.').waitFor();
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
  await context.close();
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

/** LOOKS=few: every other journey sees the light screen. */
const looked = [
  ...(process.env.LOOKS === 'few' ? [] : [{ name: 'light', scheme: 'light' }]),
  { name: 'dark', scheme: 'dark' },
  { name: 'phone', scheme: 'light', width: 390, height: 844 },
];

export async function looks({ browser, call }) {
  const { data: points } = await call('GET', '/charge-points');
  const { data: sessions } = await call('GET', '/sessions?status=ended');
  const left = points.find(({ name }) => name === 'Left bay');
  const places = [
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
  ];
  for (const { name, ...screen } of looked) {
    const { page, context } = await browser.person(screen);
    await browser.signIn(page, owner);
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    for (const [place, path, title] of places) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.waitForLoadState('load');
      await page.waitForFunction(() => document.querySelector('[aria-label="Loading …"]') === null);
      await page.evaluate(() => document.fonts.ready);
      await browser.shot(page, `${place}-${name}`);
      await browser.accessible(page, `${place}, ${name}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(overflow <= 0, `${place}, ${name}: ${overflow} px too wide`);
    }
    await context.close();
  }
  const { page, context } = await browser.person({ language: 'de-DE' });
  await page.goto('/');
  await page.getByLabel('E-Mail-Adresse').fill(owner.email);
  await page.getByLabel('Passwort', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('heading', { level: 1, name: 'Übersicht' }).waitFor();
  await page.getByText('Energie heute').waitFor();
  await browser.shot(page, 'overview-german');
  await context.close();
}
