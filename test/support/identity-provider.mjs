// A real OpenID provider (oidc-provider, certified) in a process of its own, over https on 127.0.0.1. The first line of its standard
// output is its issuer. Whoever is named by POST /control `person` is logged in without a form. `token` and `discovery` change the claims
// of the next ID token and the fields of the discovery document, `sign` how that token is signed (by the provider's own key, if absent),
// and `away` makes it answer 503: what a hostile, broken or absent provider would do.
import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const { OIDC_CERT: cert, OIDC_KEY: key, OIDC_CLIENTS: clients = '[]' } = process.env;
const SECRET = JSON.parse(clients)[0].client_secret;
const pair = (...options) => generateKeyPairSync(...options).privateKey;
const keys = { RS256: pair('rsa', { modulusLength: 2048 }), ES256: pair('ec', { namedCurve: 'P-256' }) };
const foreign = pair('rsa', { modulusLength: 2048 });
const people = new Map();
let told = {};

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function bent(idToken, { token = {}, sign: how }) {
  const [header, claims] = idToken
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  const alg = { none: 'none', HS256: 'HS256' }[how] ?? header.alg;
  const merged = Object.fromEntries(Object.entries({ ...claims, ...token }).filter(([, value]) => value !== null));
  const text = `${base64({ ...header, alg })}.${base64(merged)}`;
  const signed = () => {
    if (how === 'none') return '';
    if (how === 'HS256') return createHmac('sha256', SECRET).update(text).digest('base64url');
    const by = how === 'foreign' ? foreign : keys[alg];
    return sign('sha256', Buffer.from(text), { key: by, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  };
  return `${text}.${signed()}`;
}

/** The provider's JSON, changed on its way out. */
function rewrite(res, change) {
  const end = res.end.bind(res);
  res.end = (body) => {
    const said = JSON.parse(String(body));
    const text = JSON.stringify(change(said));
    if (!res.headersSent) res.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  };
}

const server = createServer({ cert, key });
server.listen(0, '127.0.0.1', () => {
  const issuer = `https://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: JSON.parse(clients),
    jwks: {
      keys: Object.entries(keys).map(([alg, each]) => ({
        ...each.export({ format: 'jwk' }),
        alg,
        kid: alg,
        use: 'sig',
      })),
    },
    cookies: { keys: [randomUUID()] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', (_ctx, fault) => process.stderr.write(`${fault.stack}\n`));
  const serve = provider.callback();
  const listen = (text, res) => {
    told = JSON.parse(text);
    if (told.person !== undefined) people.set(told.person.sub, told.person);
    res.end('{}');
  };
  server.on('request', (req, res) => {
    if (req.url === '/control') {
      let body = '';
      req.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      return req.on('end', () => listen(body, res));
    }
    if (told.away) return res.writeHead(503).end();
    if (req.url.startsWith('/interaction/')) {
      if (told.denies) return provider.interactionFinished(req, res, { error: 'access_denied' });
      return provider.interactionFinished(req, res, { login: { accountId: told.person.sub } });
    }
    if (req.url.startsWith('/.well-known/')) rewrite(res, (said) => ({ ...said, ...told.discovery }));
    if (req.url === '/token')
      rewrite(res, (said) => (said.id_token === undefined ? said : { ...said, id_token: bent(said.id_token, told) }));
    return serve(req, res);
  });
  process.stdout.write(`${issuer}\n`);
});
