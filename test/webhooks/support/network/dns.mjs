/** A name server that lies as it is told: other answers at other questions, aliases, any address under any name. UDP, TTL 0. */
import { createSocket } from 'node:dgram';

const TYPES = { 1: 'A', 5: 'CNAME', 28: 'AAAA' };
const NUMBERS = { A: 1, CNAME: 5, AAAA: 28 };
const MAX_ALIASES = 8;

/** name → {A?, AAAA?: a list of answers, one per question; the last (or all, again and again) from then on; CNAME?: name} */
export async function startDns(zone) {
  const asked = new Map();
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(answerTo(query, zone, asked), from.port, from.address));
  await new Promise((resolve) => socket.bind(53, '127.0.0.1', resolve));
}

function answerTo(query, zone, asked) {
  const { name, type, end } = questionOf(query);
  const records = recordsOf(name.toLowerCase(), TYPES[type], zone, asked);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(records === undefined ? 0x8583 : 0x8580, 2); // an authoritative answer; 3: no such name
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records?.length ?? 0, 6);
  return Buffer.concat([header, query.subarray(12, end), ...(records ?? []).map(recordBytes)]);
}

function questionOf(query) {
  const labels = [];
  let at = 12;
  for (let length = query[at]; length > 0; length = query[at]) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordsOf(name, type, zone, asked) {
  const records = [];
  let owner = name;
  for (
    let alias = zone[owner]?.CNAME;
    alias !== undefined && records.length < MAX_ALIASES;
    alias = zone[owner]?.CNAME
  ) {
    records.push({ owner, type: 'CNAME', value: alias });
    owner = alias;
  }
  const entry = zone[owner];
  if (entry === undefined) return records.length === 0 ? undefined : records;
  const answers = entry[type] ?? [];
  const key = `${owner} ${type}`;
  const nth = asked.get(key) ?? 0;
  asked.set(key, nth + 1);
  const answer = answers[entry.again ? nth % answers.length : Math.min(nth, answers.length - 1)] ?? [];
  return [...records, ...answer.map((value) => ({ owner, type, value }))];
}

function recordBytes({ owner, type, value }) {
  const data =
    type === 'A' ? Buffer.from(value.split('.').map(Number)) : type === 'AAAA' ? ipv6Bytes(value) : nameBytes(value);
  const head = Buffer.alloc(10);
  head.writeUInt16BE(NUMBERS[type], 0);
  head.writeUInt16BE(1, 2); // IN; TTL 0
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameBytes(owner), head, data]);
}

const nameBytes = (name) =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.alloc(1),
  ]);

/** Any spelling: the URL parser knows them all. */
function ipv6Bytes(address) {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text) =>
    text === '' || text === undefined ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(head), groups(tail)];
  const all = [...left, ...Array(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
