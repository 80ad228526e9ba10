/** Verifies a file of GET /audit/export, with the key ring and without the database. The file is not trusted: whoever had it may have changed it. */
import { createReadStream } from 'node:fs';
import { AppError } from '../platform/errors.ts';
import type { Entry } from './chain.ts';
import { type Followed, readEntry, readHead } from './export-lines.ts';
import { type Finding, faultOf, faultOfSeal, followChain, type Trust, type Verified } from './verify.ts';

/** No line that the server writes is longer. */
const LONGEST_LINE = 100_000;

export type VerifiedFile = Verified & {
  /** It was filtered: what is there is genuine, whatever else there was. */
  readonly isPart: boolean;
};

/** Throws validation_failed when it is no such file. */
export async function verifyFile(trust: Trust, file: string): Promise<VerifiedFile> {
  const lines = linesOf(file);
  const { value: first = '' } = await lines.next();
  const head = readHead(first);
  if (head === undefined) throw notOurs(file, 1);
  const { chain, filtered } = head;
  if (chain === undefined)
    return { organizationId: '', entries: 0, position: 0, mac: '', findings: [], isPart: filtered };
  const entries = entriesIn(file, lines, chain.organizationId);
  if (!filtered) return { ...(await followChain(trust, chain, entries)), isPart: false };
  const { organizationId, position, mac } = chain;
  const findings: Finding[] = [];
  const broken = faultOfSeal(trust.keys, chain);
  if (broken !== undefined) findings.push({ organizationId, position: 0, what: broken });
  let count = 0;
  for await (const entry of entries) {
    const what =
      entry.before === null
        ? 'the entry before it was forgotten meanwhile: it cannot be verified; export it again'
        : faultOf(trust.keys, entry.before, entry);
    if (what !== undefined && findings.length < 20) findings.push({ organizationId, position: entry.position, what });
    count += 1;
  }
  return { organizationId, entries: count, position, mac: mac.toString('hex'), findings, isPart: true };
}

async function* entriesIn(
  file: string,
  lines: AsyncGenerator<string>,
  organizationId: string,
): AsyncGenerator<Entry & Pick<Followed, 'before'>> {
  let number = 1;
  for await (const line of lines) {
    number += 1;
    const entry = readEntry(line, organizationId);
    if (entry === undefined) throw notOurs(file, number);
    yield entry;
  }
}

/** However long the file is; a line that is too long becomes none. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 64 * 1024 })) {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
    if (rest.length > LONGEST_LINE) throw new AppError('validation_failed', `${file} has a line that is too long`);
  }
  if (rest !== '') yield rest;
}

const notOurs = (file: string, line: number): AppError =>
  new AppError('validation_failed', `${file}, line ${line}: this is no line of GET /api/v1/audit/export`);
