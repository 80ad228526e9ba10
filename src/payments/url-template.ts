/**
 * The address in a station's QR code (2.1 C25, WebPaymentsCtrlr.URLTemplate): what the template names in braces is read back from
 * the address. Names heed no case. Pure, and linear in the length of both.
 */
const MOST = 2000;

export type QrParts = {
  readonly chargingStationId: string;
  readonly evse: number;
  readonly totp: string;
  readonly version: string;
  readonly maxEnergyWh: number | undefined;
  readonly maxTimeS: number | undefined;
  readonly maxCost: string | undefined;
};

/** Without these nobody can be told what is meant. */
const NEEDED = ['chargingstationid', 'evse', 'totp', 'version'] as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...NEEDED,
  ...['roamingcsid', 'roamingevseid', 'maxenergy', 'maxtime', 'maxcost'],
]);

/** What is wrong with a template; undefined: nothing. */
export function templateFault(template: string): string | undefined {
  const names = [...template.matchAll(/\{([^{}]{0,50})\}/g)].map(([, name = '']) => name.toLowerCase());
  const unknown = names.find((name) => !KNOWN.has(name));
  if (unknown !== undefined) return `{${unknown}} is no variable of OCPP 2.1`;
  const missing = NEEDED.find((name) => !names.includes(name));
  if (missing !== undefined) return `must name {${missing}}`;
  if (new Set(names).size < names.length) return 'must name each variable once';
  const plain = template.replace(/\{[^{}]{0,50}\}/g, 'x');
  if (/[{}]/.test(plain) || !URL.canParse(plain) || new URL(plain).protocol !== 'https:')
    return 'must be an https:// URL';
  return undefined;
}

/** undefined: it is not an address of that template, or lacks what it needs. */
export function readQrUrl(url: string, template: string): QrParts | undefined {
  if (url.length > MOST) return undefined;
  const [plain = '', query = ''] = split(url, '?');
  const [plainTemplate = '', queryTemplate = ''] = split(template, '?');
  const found = new Map<string, string>();
  if (!readPath(plain, plainTemplate, found)) return undefined;
  const said = new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, wanted] of new URLSearchParams(queryTemplate)) {
    const value = said.get(name.toLowerCase());
    const variable = /^\{([^{}]+)\}$/.exec(wanted)?.[1]?.toLowerCase();
    if (value === undefined || (variable === undefined && value !== wanted)) return undefined;
    if (variable !== undefined) found.set(variable, value);
  }
  // C25.FR.04: what the driver has chosen at the station may be added.
  for (const name of ['maxenergy', 'maxtime', 'maxcost']) {
    const value = said.get(name);
    if (value !== undefined && !found.has(name)) found.set(name, value);
  }
  return partsOf(found);
}

function split(text: string, sign: string): [string, string] {
  const whole = text.split('#')[0] ?? '';
  const at = whole.indexOf(sign);
  return at === -1 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + 1)];
}

/** A variable takes one segment of the path, or what is before the next sign of the template in it. */
function readPath(path: string, template: string, found: Map<string, string>): boolean {
  const pieces = template.split(/[{}]/);
  let at = 0;
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 0) {
      // The host heeds no case; the rest is held against it as it is.
      if (path.slice(at, at + piece.length).toLowerCase() !== piece.toLowerCase()) return false;
      at += piece.length;
      continue;
    }
    const next = pieces[i + 1]?.[0];
    const ends = next === undefined ? path.length : path.indexOf(next, at);
    const slash = path.indexOf('/', at);
    const end = Math.min(ends === -1 ? path.length : ends, slash === -1 ? path.length : slash);
    const value = decoded(path.slice(at, end));
    if (value === undefined || value === '') return false;
    found.set(piece.toLowerCase(), value);
    at = end;
  }
  return at === path.length || path.slice(at) === '/';
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // no percent escape: the caller takes it for no address of ours
  }
}

function partsOf(found: ReadonlyMap<string, string>): QrParts | undefined {
  const [chargingStationId, evse, totp, version] = NEEDED.map((name) => found.get(name));
  if (chargingStationId === undefined || evse === undefined || totp === undefined || version === undefined)
    return undefined;
  const [maxEnergyWh, maxTimeS] = [found.get('maxenergy'), found.get('maxtime')].map(whole);
  const maxCost = found.get('maxcost');
  const limits = [maxEnergyWh, maxTimeS];
  if (!/^\d{1,4}$/.test(evse) || limits.some((limit) => limit === null)) return undefined;
  if (maxCost !== undefined && !/^\d{1,9}(\.\d{1,6})?$/.test(maxCost)) return undefined;
  return {
    ...{ chargingStationId, evse: Number(evse), totp, version, maxCost },
    maxEnergyWh: maxEnergyWh ?? undefined,
    maxTimeS: maxTimeS ?? undefined,
  };
}

/** null: it is no number that can be meant. */
function whole(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}
