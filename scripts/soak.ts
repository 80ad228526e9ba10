/** npm run soak: steady load for as long as is wanted, and whether memory, handles or queues grow meanwhile. Linux. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { soak } from './chaos/memory.ts';
import { inRunFolder } from './chaos/run-folder.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 1) return value;
  throw new InvalidArgumentError('It wants a number from 1 on.');
};

await new Command('soak')
  .description('Steady load; prints the slope of heap, resident memory, handles and queues with its 95 % confidence.')
  .option('--minutes <n>', 'how long', number, 120)
  .option(
    '--snapshots <folder>',
    'also write the heap after an eighth of the time and at the end into it, to be compared',
  )
  .option('--frozen-code', 'V8 does not go on to learn of the program, which is slower: what grows then is data')
  .action(async ({ minutes, snapshots, frozenCode }: { minutes: number; snapshots?: string; frozenCode?: true }) => {
    if (snapshots !== undefined) mkdirSync(snapshots, { recursive: true });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
    await inRunFolder(async (folder) => {
      const tools = { size: 'full', folder, say: (text: string) => console.log(text) } as const;
      const options = { minutes, snapshots: snapshots && resolve(snapshots), hasFrozenCode: frozenCode === true };
      const { found, passed } = await soak(tools, options);
      console.log(`${passed === true ? 'kept' : 'BROKEN'}: ${found}`);
      process.exitCode = passed === true ? 0 : 1;
    });
  })
  .parseAsync()
  .catch((cause: unknown) => {
    console.error(cause instanceof Error ? cause.message : String(cause));
    process.exitCode = 1;
  });
