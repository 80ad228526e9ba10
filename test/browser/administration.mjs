// Journeys of who runs the business: who may charge, what it costs, who works here.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { codeAt, stepAt } from '../../dist/src/auth/totp.js';
import { anotherOrganization, fromBase32, startProvider, until } from './kit.mjs';

/** A charger with a card that nobody knows: it asks once, and is answered. */
async function askAbout(port, { identity, key }, idTag) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ocpp/${identity}`, 'ocpp1.6', { auth: `${identity}:${key}` });
  await once(socket, 'open');
  const boot = { chargePointVendor: 'Quay', chargePointModel: 'One' };
  for (const call of [
    ['BootNotification', boot],
    ['Authorize', { idTag }],
  ]) {
    const id = `${call[0]}-1`;
    socket.send(JSON.stringify([2, id, ...call]));
    for (;;) {
      const [data] = await once(socket, 'message');
      if (JSON.parse(String(data))[1] === id) break;
    }
  }
  socket.close();
}

export async function tokens(sight) {
  const { browser, call, port } = sight;
  const { page } = sight.owner;
  await page.goto('/tokens');
  await page.getByRole('button', { name: '04A1B2C3' }).waitFor();
  await page.getByRole('tab', { name: 'Groups' }).click();
  await page.getByText('No group yet').waitFor();
  await browser.accessible(page, 'groups, none');
  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Fleet North');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByRole('link', { name: 'Fleet North', exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Unknown' }).click();
  await page.getByText('No unknown token').waitFor();
  const point = await call('POST', '/charge-points', { identity: 'DEPOT-9' });
  await askAbout(port, { identity: 'DEPOT-9', key: point.key }, 'CAFE0001');
  await call('DELETE', `/charge-points/${point.id}`);
  await page.getByRole('button', { name: 'Register: CAFE0001' }).waitFor();
  await browser.accessible(page, 'unknown tokens');
  await browser.shot(page, 'unknown-tokens');
  await page.getByRole('button', { name: 'Register: CAFE0001' }).click();
  await page.getByText('CAFE0001 may charge now').waitFor();
  await page.getByText('No unknown token').waitFor();
  await page.getByRole('tab', { name: 'Tokens' }).click();
  await page.getByRole('button', { name: 'CAFE0001' }).click();
  const drawer = page.getByRole('dialog', { name: 'Token CAFE0001' });
  await drawer.getByRole('combobox', { name: 'Group' }).click();
  await page.getByRole('option', { name: 'Fleet North' }).click();
  await drawer.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  await browser.accessible(page, 'a token');
  await browser.shot(page, 'token');
  await drawer.getByRole('button', { name: 'Block' }).click();
  await page.getByRole('dialog', { name: 'Block CAFE0001?' }).getByRole('button', { name: 'Block' }).click();
  await drawer.getByText('Blocked').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Number' }).fill('cafe0001');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page
    .getByRole('dialog')
    .getByText(/exists/)
    .first()
    .waitFor(); // in whatever case
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByPlaceholder('Find by number').fill('cafe0001');
  await page.getByRole('button', { name: '04A1B2C3' }).waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '?uid=cafe0001');
}

export async function tariffs(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Tariffs' }).click();
  await page.getByText('0.49 EUR/kWh + 0.80 EUR').waitFor();
  await page.getByRole('link', { name: 'New tariff' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Night and day');
  await page.getByRole('textbox', { name: 'Tax in %', exact: true }).fill('19');
  const line = (name) => page.getByRole('region', { name });
  await line('1. Energy').getByLabel('Price per kWh').fill('0.50');
  const total = (text) => page.locator('[data-preview]', { hasText: text }).waitFor();
  await total('€15.00');
  // one more of its kind goes before the one that holds always
  await page.getByRole('button', { name: 'Add a line' }).click();
  await page.getByRole('menuitem', { name: 'Energy' }).click();
  await line('1. Energy').getByLabel('Price per kWh').fill('0.40');
  await line('1. Energy')
    .getByRole('button', { name: /Conditions/ })
    .click();
  await line('1. Energy').getByLabel('From', { exact: true }).fill('17:00');
  await line('1. Energy').getByLabel('Until').fill('06:00');
  await total('€12.00');
  await page.getByRole('button', { name: 'Add a line' }).click();
  await page.getByRole('menuitem', { name: 'Idle time' }).click();
  await line('3. Idle time').getByLabel('Price per minute').fill('0,10');
  await line('3. Idle time').getByLabel('Free for (minutes)').fill('15');
  await total('€13.50');
  await browser.accessible(page, 'a tariff that is written');
  await browser.shot(page, 'tariff-new', true);
  await page.getByRole('textbox', { name: 'Session at most' }).fill('cheap');
  await page.getByText('must be a decimal text').first().waitFor();
  await page.getByRole('textbox', { name: 'Session at most' }).fill('13');
  await total('€13.00');
  await page.getByRole('button', { name: 'Create the tariff' }).click();
  await page.getByText('Assigned to nobody').waitFor();
  await page.getByRole('button', { name: 'Assign', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Assign' });
  await form.getByRole('combobox', { name: 'For' }).click();
  await page.getByRole('option', { name: 'Group of tokens' }).click();
  await form.getByRole('combobox', { name: 'Which one' }).click();
  await page.getByRole('option', { name: 'Fleet North' }).click();
  await form.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('cell', { name: 'Group of tokens: Fleet North', exact: true }).waitFor();
  await browser.accessible(page, 'a tariff');
  await browser.shot(page, 'tariff', true);
  await page.getByRole('button', { name: 'Add a language' }).click();
  const words = page.getByRole('form', { name: 'What drivers read' });
  await words.getByRole('textbox', { name: 'Language' }).fill('Deutsch');
  await words.getByLabel('The price in words').fill('0,40 EUR je kWh bei Nacht');
  await words.getByRole('button', { name: 'Save the texts' }).click();
  await words.getByText('must be a language such as de or pt-BR').waitFor();
  await words.getByRole('textbox', { name: 'Language' }).fill('de');
  await words.getByRole('button', { name: 'Save the texts' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  await page.getByRole('textbox', { name: 'Session at most' }).fill('12.50');
  await page.getByRole('button', { name: 'Save as a new version' }).click();
  await page.getByRole('heading', { name: 'Versions' }).waitFor();
}

export async function organization(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Organization' }).click();
  await page.getByLabel('VAT id').fill('DE123456789');
  await page.getByLabel('Time zone').fill('Europe/Nowhere');
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByText(/must be .*zone/)
    .first()
    .waitFor();
  await page.getByLabel('Time zone').fill('Europe/Berlin');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved', { exact: true }).first().waitFor();
  await browser.accessible(page, 'settings of the organization');
  await page.getByRole('tab', { name: 'Single sign-on' }).click();
  await page.getByRole('button', { name: 'Set up single sign-on' }).click();
  const provider = page.getByRole('dialog', { name: 'Set up single sign-on' });
  await provider.getByLabel('Issuer').fill('https://127.0.0.1:1');
  await provider.getByLabel('Client id').fill('dynamo');
  await provider.getByRole('textbox', { name: 'Client secret' }).fill('as the provider shows it');
  await provider.getByLabel('Domains of e-mail addresses').first().fill('example.com');
  await provider.getByRole('button', { name: 'Save' }).click();
  await provider
    .getByText(/The provider|provider/)
    .last()
    .waitFor();
  await browser.accessible(page, 'single sign-on, refused');
  await provider.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('tab', { name: 'API keys' }).click();
  await page.getByRole('button', { name: 'New API key' }).click();
  const form = page.getByRole('dialog', { name: 'New API key' });
  await form.getByLabel('Name').fill('Dashboard');
  await form.getByLabel('read:charge_points').check();
  await browser.accessible(page, 'new key');
  await form.getByRole('button', { name: 'Create' }).click();
  assert.match(await page.locator('[data-copy="The key"]').textContent(), /^dyn_live_/);
  await page.getByRole('button', { name: 'I have stored it' }).click();
  await browser.accessible(page, 'keys');
  await browser.shot(page, 'api-keys');
  await page.getByRole('button', { name: 'Revoke: Dashboard' }).click();
  await page.getByRole('dialog', { name: 'Revoke Dashboard?' }).getByRole('button', { name: 'Revoke' }).click();
  await page
    .getByRole('row', { name: /Dashboard/ })
    .getByText('Revoked')
    .waitFor();
  await page.getByRole('tab', { name: 'Audit log' }).click();
  await page.getByRole('button', { name: 'revokeApiKey' }).click();
  await page.getByRole('dialog').getByText('/api-keys/{id}').waitFor();
  await browser.accessible(page, 'an entry of the audit log');
  await browser.shot(page, 'audit-entry');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download', exact: true }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'audit.jsonl');
}

/** Set up with a provider, come by it for the first time, ended. */
export async function singleSignOn(sight) {
  const { browser, call, certificate, port } = sight;
  const { page } = sight.owner;
  const { id } = await call('GET', '/organization');
  const at = `http://localhost:${port}`; // PUBLIC_URL, which is not set
  const known = await startProvider(certificate, {
    redirectUri: `${at}/api/v1/auth/sso/${id}/callback`,
    person: { sub: 'kim-1', email: 'kim@example.com', email_verified: true, name: 'Kim of the quay' },
  });
  await page.goto('/organization/sign-on');
  await page.getByRole('button', { name: 'Set up single sign-on' }).click();
  const form = page.getByRole('dialog', { name: 'Set up single sign-on' });
  await form.getByLabel('Issuer').fill(known.issuer);
  await form.getByLabel('Client id').fill(known.clientId);
  await form.getByRole('textbox', { name: 'Client secret' }).fill(known.secret);
  await form.getByLabel('Domains of e-mail addresses').first().fill('example.com');
  await form.getByRole('combobox', { name: 'Who comes for the first time becomes' }).click();
  await page.getByRole('option', { name: 'Operator' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Try it').first().waitFor();
  await page.getByText(known.issuer, { exact: true }).waitFor();
  await browser.accessible(page, 'single sign-on, kept');
  await browser.shot(page, 'single-sign-on');
  const kim = await browser.person({ at, expects: ['401 (Unauthorized)'] }); // when her login has ended
  await kim.page.goto('/sessions');
  await kim.page.getByRole('button', { name: 'Single sign-on' }).click();
  await kim.page.getByLabel('Single sign-on').fill(id);
  await kim.page.getByRole('button', { name: 'Go on' }).click();
  await kim.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await kim.page.getByRole('button', { name: /^Account/ }).click();
  await kim.page.getByText('Kim of the quay').first().waitFor();
  await kim.page.keyboard.press('Escape');
  await kim.page.reload(); // the login is taken up again
  await kim.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByRole('button', { name: 'End single sign-on' }).click();
  const question = page.getByRole('dialog', { name: 'End single sign-on?' });
  await question.getByRole('button', { name: 'End single sign-on' }).click();
  await page.getByText('Members sign in with an account of this server').waitFor();
  await kim.page.reload(); // what came by it ended with it
  await kim.page.getByLabel('E-mail address', { exact: true }).waitFor();
  await kim.context.close();
}

/** From the invitation to a second factor, as somebody new comes to work here. */
export async function newcomer(sight) {
  const { browser, mailbox } = sight;
  const { page } = sight.owner;
  await page.goto('/organization/members');
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const form = page.getByRole('dialog', { name: 'Invite somebody' });
  await form.getByLabel('E-mail address').fill('ada@example.com');
  await form.getByText('As a link, shown once').click();
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  await page.locator('[data-copy="Link of the invitation"]').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('Open', { exact: true }).waitFor();
  // by e-mail it is another link, and the one before is void
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await form.getByLabel('E-mail address').fill('ada@example.com');
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  const link = await mailbox.linkFor('ada@example.com', 'Harbour');
  await browser.accessible(page, 'members');
  await browser.shot(page, 'members');

  const ada = await browser.person({ expects: ['400 (Bad Request)', '/password-reset', '/auth/login'] });
  const { page: hers } = ada;
  const { pathname, hash } = link;
  await hers.goto(`${pathname}${hash}`);
  await hers.getByRole('heading', { name: 'Harbour Charging has invited you' }).waitFor();
  await browser.accessible(hers, 'an invitation');
  await hers.getByLabel('Name').fill('Ada');
  await hers.getByLabel('New password').fill('short');
  await hers.getByRole('button', { name: 'Create the account' }).click();
  await hers
    .getByText(/12 characters/)
    .nth(1)
    .waitFor();
  await browser.shot(hers, 'invitation');
  await hers.getByLabel('New password').fill('a bridge across the fjord');
  await hers.getByRole('button', { name: 'Create the account' }).click();
  await hers.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await hers.getByRole('button', { name: /^Account/ }).click();
  await hers.getByRole('menuitem', { name: 'My account' }).click();
  await hers.getByRole('button', { name: 'Set up a second factor' }).click();
  const dialog = hers.getByRole('dialog');
  await dialog.getByLabel('Your password').fill('a bridge across the fjord');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const secret = await hers.locator('[data-copy="Secret"]').textContent();
  await browser.accessible(hers, 'second factor, set up');
  await dialog.getByRole('textbox', { name: 'Code' }).fill(codeAt(fromBase32(secret), stepAt(new Date())));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await hers.locator('[data-codes] li').nth(7).waitFor();
  await browser.shot(hers, 'recovery-codes');
  await dialog.getByRole('button', { name: 'I have stored them' }).click();
  await hers.getByText(/recovery codes are left/).waitFor();
  await browser.accessible(hers, 'my account');
  await browser.shot(hers, 'account');
  await hers.getByRole('button', { name: 'Sign out everywhere' }).click();
  await hers.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await hers.getByRole('link', { name: 'Password forgotten?' }).click();
  await hers.getByLabel('E-mail address').fill('ada@example.com');
  await hers.getByRole('button', { name: 'Send the link' }).click();
  await hers.getByText(/an e-mail is on its way/).waitFor();
  const reset = await mailbox.linkFor('ada@example.com', 'assword');
  await hers.goto(`${reset.pathname}${reset.hash}`);
  await hers.getByLabel('New password').fill('a lantern under the bridge');
  await browser.accessible(hers, 'a new password');
  await hers.getByRole('button', { name: 'Set it' }).click();
  await hers.getByRole('link', { name: 'Sign in', exact: true }).click();
  await browser.signIn(hers, { email: 'ada@example.com', password: 'a lantern under the bridge' });
  await hers.getByText('Your account has a second factor').waitFor();
  await hers.goto('/password-reset#dyn_reset_nonsense');
  await hers.getByLabel('New password').fill('a lantern over the water');
  await hers.getByRole('button', { name: 'Set it' }).click();
  await hers.getByText('This link cannot be used, or not any more').waitFor();
  await browser.accessible(hers, 'a link that is void');
  await ada.context.close();

  await page.reload(); // sooner than it looks by itself
  await page.getByRole('button', { name: 'Ada', exact: true }).click();
  const change = page.getByRole('dialog', { name: 'Change Ada' });
  await change.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Viewer' }).click();
  await change.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('row', { name: /ada@example/ }).first();
  await row.getByText('Viewer').waitFor();
  await page.getByRole('button', { name: 'Ada', exact: true }).click();
  await change.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog', { name: 'Remove Ada?' }).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Ada', exact: true }).waitFor({ state: 'detached' });
}

export async function handovers(sight) {
  const { browser, call, dataDir } = sight;
  const { page } = sight.owner;
  const depot = anotherOrganization(dataDir, 'Depot North', 'depot@example.com');
  await call('POST', '/charge-points', { identity: 'DEPOT-8' });
  await page.goto('/handovers');
  await page.getByText('Nothing is handed to you').waitFor();
  await browser.accessible(page, 'handovers, none');
  await page.getByRole('button', { name: 'Hand a charge point over' }).click();
  const form = page.getByRole('dialog', { name: 'Hand a charge point over' });
  await form.getByRole('combobox', { name: 'Charge point' }).click();
  await page.getByRole('option', { name: 'DEPOT-8' }).click();
  await form.getByLabel('Note').fill('Depot North, as ordered');
  await form.getByRole('button', { name: 'Begin' }).click();
  const token = await page.locator('[data-copy="Token of the handover"]').textContent();
  await page.getByRole('button', { name: 'I have passed it on' }).click();
  await page.getByRole('button', { name: 'Take one over' }).click();
  const take = page.getByRole('dialog', { name: 'Take one over' });
  await take.getByLabel('Token').fill(token);
  await take.getByRole('button', { name: 'See what it is' }).click();
  await take.getByText('Depot North, as ordered').waitFor();
  await browser.accessible(page, 'taking over');
  await browser.shot(page, 'handover-take');
  await take.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('tab', { name: 'Outgoing' }).click();
  await page.getByRole('button', { name: 'DEPOT-8' }).click();
  await page.getByRole('button', { name: 'Cancel the handover' }).click();
  await page
    .getByRole('dialog', { name: 'Keep DEPOT-8?' })
    .getByRole('button', { name: 'Cancel the handover' })
    .click();
  const shown = page.getByRole('dialog', { name: 'Handovers' });
  await shown.getByText('Cancelled').first().waitFor();
  await browser.shot(page, 'handover');
  await shown.getByRole('button', { name: 'Close' }).click();

  // begun again, and taken over by the organization that has the token
  await page.getByRole('button', { name: 'Hand a charge point over' }).click();
  await form.getByRole('combobox', { name: 'Charge point' }).click();
  await page.getByRole('option', { name: 'DEPOT-8' }).click();
  await form.getByRole('button', { name: 'Begin' }).click();
  const given = await page.locator('[data-copy="Token of the handover"]').textContent();
  await page.getByRole('button', { name: 'I have passed it on' }).click();
  const other = await browser.person();
  await browser.signIn(other.page, await depot);
  await other.page.getByRole('link', { name: 'Handovers' }).click();
  await other.page.getByRole('button', { name: 'Take one over' }).click();
  const taken = other.page.getByRole('dialog', { name: 'Take one over' });
  await taken.getByLabel('Token').fill(given);
  await taken.getByRole('button', { name: 'See what it is' }).click();
  await taken.getByLabel('Name').fill('Depot gate');
  await browser.accessible(other.page, 'taking over, as another organization');
  await taken.getByRole('button', { name: 'Take it over' }).click();
  await other.page.getByText(/^(It is yours|Accepted: it changes hands)/).waitFor();
  await other.page.getByRole('link', { name: 'Charge points' }).first().click();
  await other.page.getByRole('link', { name: 'Depot gate' }).waitFor();
  await other.context.close();
  await page
    .getByRole('row', { name: /DEPOT-8/ })
    .getByText('Handed over')
    .waitFor();
  await page.goto('/charge-points?q=depot-8');
  await page.getByText('0 of').waitFor();
}

/** What is said above the table is of the whole time, however few groups a page of the API holds. */
async function wholeSums({ owner: { page }, call }) {
  await page.route('**/api/v1/reports/totals?*', (route) =>
    route.continue({ url: route.request().url().replace('limit=100', 'limit=5') }),
  );
  const sumOf = ({ data }) => data.reduce((sum, { sessions }) => sum + sessions, 0);
  const tile = page.locator('dl > div', { hasText: 'Sessions' }).locator('dd');
  for (const by of ['day', 'month', 'token', 'charge_point']) {
    await page.goto(`/reports?by=${by}`);
    await tile.waitFor();
    // the other lane goes on charging meanwhile
    await until(`the sessions of all groups by ${by}`, async () => {
      const found = await call('GET', '/reports/totals?group_by=charge_point&limit=100');
      return found.data.length > 0 && Number(await tile.textContent()) === sumOf(found);
    });
  }
  await page.goto('/reports?by=day');
  await page.getByRole('img', { name: 'Energy over time' }).waitFor();
  const rows = Number(await page.locator('table[aria-rowcount]').getAttribute('aria-rowcount'));
  assert.ok(rows >= 30, `${rows} of 30 days`);
  await page.unroute('**/api/v1/reports/totals?*');
}

export async function reports(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.getByRole('link', { name: 'Reports' }).click();
  await page.getByRole('img', { name: 'Energy over time' }).waitFor();
  await browser.accessible(page, 'reports');
  await browser.shot(page, 'reports');
  await page.getByRole('combobox', { name: 'By' }).click();
  await page.getByRole('option', { name: 'Charge point' }).click();
  await page.getByRole('cell', { name: 'Left bay' }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download (CSV)' }).click(),
  ]);
  assert.equal(file.suggestedFilename(), 'totals-by-charge_point.csv');
  await wholeSums(sight);
  await page.getByRole('tab', { name: 'Uptime and use' }).click();
  await page.getByRole('link', { name: 'Left bay' }).first().waitFor();
  await browser.accessible(page, 'uptime');
  await browser.shot(page, 'uptime');
  await page.getByRole('tab', { name: 'Charge detail records' }).click();
  await page.getByRole('link', { name: 'Complete it: The party id of the organization' }).waitFor();
  await browser.accessible(page, 'charge detail records');
  await page.getByRole('tab', { name: 'Scheduled files' }).click();
  await page.getByRole('button', { name: 'New schedule' }).click();
  const schedule = page.getByRole('dialog', { name: 'New schedule' });
  await schedule.getByLabel('Name').fill('Accounting');
  await browser.accessible(page, 'new schedule of files');
  await schedule.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'Delete the schedule Accounting?' }).waitFor();
  await browser.accessible(page, 'scheduled files');
}

export async function rules(sight) {
  const { browser } = sight;
  const { page } = sight.owner;
  await page.goto('/alerts/rules');
  const first = page.getByRole('button', { name: /^Change “/ }).first();
  await first.waitFor();
  await browser.accessible(page, 'rules');
  await browser.shot(page, 'alert-rules');
  await first.click();
  const form = page.getByRole('dialog', { name: /^Change “/ });
  await form.getByLabel('So long (seconds)').fill('900');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('15 min').first().waitFor();
  await page.getByRole('tab', { name: 'Maintenance windows' }).click();
  await page.getByRole('button', { name: 'New maintenance window' }).click();
  const announce = page.getByRole('dialog', { name: 'New maintenance window' });
  await announce.getByLabel('Reason').fill('Transformer works');
  await announce.getByRole('button', { name: 'Announce' }).click();
  await page.getByText('Open now').waitFor();
  await browser.accessible(page, 'maintenance');
  await page.getByRole('button', { name: /^Delete: / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No maintenance is announced').waitFor();
  await page.getByRole('tab', { name: 'E-mails' }).click();
  await page.getByRole('button', { name: 'Tell somebody' }).click();
  const somebody = page.getByRole('dialog', { name: 'Tell somebody' });
  await somebody.getByLabel('E-mail address').fill('oncall@example.com');
  await somebody.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'oncall@example.com', exact: true }).waitFor();
  await browser.accessible(page, 'who is told');
}
