/** Opens the embedded database of a folder, says so, and writes numbers until it is told to stop, one transaction each. */
import { createInterface } from 'node:readline';
import { openDatabase } from '../../../src/database/index.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const note = (_fields: object, message: string): void => {
  process.stderr.write(`${message}\n`);
};
const end = (why: unknown): never => {
  process.stderr.write(`${why instanceof Error ? why.message : String(why)}\n`);
  process.exit(1);
};

try {
  const db = await openDatabase({
    dataDir: process.argv[2] ?? '',
    poolSize: 3,
    log: { debug: () => undefined, info: note, warn: note, error: note },
    onFatal: end,
  });
  const create = { name: 'create', text: 'CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY)' };
  const last = { name: 'last', text: 'SELECT coalesce(max(number), 0) AS number, count(*) AS count FROM numbers' };
  const insert = { name: 'insert', text: 'INSERT INTO numbers (number) VALUES ($1)' };
  await db.rows(create, []);
  const before = (await db.rows<{ number: number; count: number }>(last, []))[0] ?? { number: 0, count: 0 };
  let stopped = false;
  process.once('SIGTERM', () => {
    stopped = true;
    void db.close().then(() => {
      say('closed');
      process.exit(0);
    }, end);
  });
  const write = async (): Promise<void> => {
    for (let number = before.number + 1; !stopped; number += 1) {
      await db.transaction((tx) => tx.rows(insert, [number]));
      say(`wrote ${number}`);
    }
  };
  // when it is stopped or killed in the middle, a write may fail: what was said before counts
  createInterface({ input: process.stdin }).once('line', () => void write().catch(() => undefined));
  say(`ready ${before.number} ${before.count}`);
} catch (cause) {
  end(cause);
}
