// receiver.mjs: WEBHOOK_SECRET=… PORT=8080 node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.env.WEBHOOK_SECRET;
const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
const processed = new Set(); // a table with a unique key, in earnest

function isGenuine(headers, rawBody) {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures = '' } = headers;
  if (!/^\d{1,12}$/.test(seconds) || Math.abs(Date.now() / 1000 - seconds) > 300) return false; // missing, or too far away
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(rawBody).digest('base64');
  if (!hasOne(signatures.split(' '), `v1,${mac}`)) return false;
  const plain = [headers['x-webhook-signature'], headers['x-webhook-signature-previous']].filter(Boolean);
  const hex = createHmac('sha256', secret).update(rawBody).digest('hex');
  return plain.length === 0 || hasOne(plain, `sha256=${hex}`);
}

// while a secret is being replaced there are two signatures, one of each
const hasOne = (given, expected) => given.map((each) => isSame(Buffer.from(each), Buffer.from(expected))).includes(true);
const isSame = (a, b) => a.length === b.length && timingSafeEqual(a, b);

const server = createServer(async (request, response) => {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > 1_000_000) return request.destroy();
    chunks.push(chunk);
  }
  const rawBody = Buffer.concat(chunks);
  if (!isGenuine(request.headers, rawBody)) return response.writeHead(401).end();
  const { id, event, data } = JSON.parse(rawBody);
  if (!processed.has(id)) {
    processed.add(id);
    console.log(event, data.charge_point_identity, data.sequence);
  }
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT), () => console.log(`listening on port ${server.address().port}`));
