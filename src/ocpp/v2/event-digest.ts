/**
 * The digest by which a TransactionEvent that comes again is recognized. It is compared with those of events of the same transaction
 * and number only, which one station has sent: 64 bits without cryptography are enough, and cost half of a SHA-1 of its JSON.
 */

/** MurmurHash3's multipliers, one for each half. */
const [A, B] = [0xcc9e2d51 | 0, 0x1b873593 | 0] as const;
/** Both halves; a digest is made in one go, so one is enough for all. */
const halves = new Int32Array(2);
const bytes = Buffer.from(halves.buffer);

function add(unit: number): void {
  halves[0] = Math.imul((halves[0] ?? 0) ^ unit, A);
  halves[1] = Math.imul((halves[1] ?? 0) ^ unit, B);
}

/** Its length goes before it: no two lists of texts read alike. */
function addText(text: string): void {
  add(text.length);
  let [a = 0, b = 0] = halves;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, A);
    a ^= a >>> 15;
    b = Math.imul(b ^ unit, B);
    b ^= b >>> 13;
  }
  halves[0] = a;
  halves[1] = b;
}

/** What JSON knows, each kind with a mark of its own. As deep as a frame may be (ocpp/frames.ts). */
function addValue(value: unknown): void {
  if (typeof value === 'string') {
    add(1);
    addText(value);
  } else if (typeof value === 'number') {
    add(2);
    addText(String(value));
  } else if (Array.isArray(value)) {
    add(3);
    add(value.length);
    for (const each of value as readonly unknown[]) addValue(each);
  } else if (typeof value === 'object' && value !== null) {
    add(4);
    const fields = value as Readonly<Record<string, unknown>>; // as: of parsed JSON
    for (const name in fields) {
      addText(name);
      addValue(fields[name]);
    }
    add(5);
  } else add(value === true ? 6 : value === false ? 7 : 8);
}

/** Of what it tells; that it is sent again because the station was offline does not make it another event. 12 characters. */
export function digestOf(payload: Readonly<Record<string, unknown>>): string {
  halves[0] = 0x811c9dc5;
  halves[1] = 0x9747b28c;
  for (const name in payload) {
    if (name === 'offline') continue;
    addText(name);
    addValue(payload[name]);
  }
  return bytes.toString('base64');
}
