/** Processes of the machine: CPU time and memory out of /proc, cores by taskset, and children that talk over IPC. Linux only. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Stat = {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly own: number;
  readonly withDead: number;
};

/** proc(5): the fields behind the name, which may hold anything in its parentheses. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number) => Number(fields[index - 3] ?? 0); // the third field of the file is the first here
    const own = ticks(14) + ticks(15);
    return { pid, name, parent: Number(fields[1]), own, withDead: own + ticks(16) + ticks(17) };
  } catch {
    return undefined; // gone meanwhile
  }
}

const allStats = (): Stat[] =>
  readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat === undefined ? [] : [stat];
  });

const TICKS_PER_S = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Seconds of CPU that a process has used itself. */
export const cpuSecondsOf = (pid: number): number => (statOf(pid)?.own ?? 0) / TICKS_PER_S;

/** The same of a process and its workers (WORKERS): what it has started and is a Node.js itself. */
export const cpuSecondsOfTree = (pid: number): number =>
  cpuSecondsOf(pid) +
  allStats().reduce((sum, { parent, name, own }) => sum + (parent === pid && name === 'node' ? own : 0), 0) /
    TICKS_PER_S;

/** Seconds of CPU that the whole machine has spent on anything, and how many it could have spent. */
export function machineSeconds(): { readonly busy: number; readonly all: number } {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy: busy / TICKS_PER_S, all: (busy + idle + iowait) / TICKS_PER_S };
}

/** The PostgreSQL that a process has started (through whatever shells), and all its backends. */
export function postgresUnder(ancestor: number): { readonly pids: readonly number[]; cpuSeconds(): number } {
  const postmaster = (): number | undefined => {
    const stats = allStats();
    const byPid = new Map(stats.map((stat) => [stat.pid, stat]));
    const descends = (stat: Stat): boolean => {
      for (let at: Stat | undefined = stat; at !== undefined && at.pid > 1; at = byPid.get(at.parent)) {
        if (at.parent === ancestor) return true;
      }
      return false;
    };
    return stats.find(
      (stat) => stat.name === 'postgres' && byPid.get(stat.parent)?.name !== 'postgres' && descends(stat),
    )?.pid;
  };
  const leader = postmaster();
  return {
    get pids() {
      return leader === undefined
        ? []
        : [
            leader,
            ...allStats()
              .filter((stat) => stat.parent === leader)
              .map(({ pid }) => pid),
          ];
    },
    /** The postmaster's dead children count too, so that a backend that ends takes nothing away. */
    cpuSeconds() {
      if (leader === undefined) return 0;
      const ticks = allStats().reduce((sum, stat) => sum + (stat.parent === leader ? stat.own : 0), 0);
      return (ticks + (statOf(leader)?.withDead ?? 0)) / TICKS_PER_S;
    },
  };
}

export type Memory = { readonly residentKiB: number; readonly privateKiB: number };

/** proc(5). Private: what the process itself has allocated, swapped out or not; pages of files come and go with the machine's needs. */
export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
  return { residentKiB: field('VmRSS'), privateKiB: field('RssAnon') + field('VmSwap') };
}

export const canPin: boolean = (() => {
  try {
    execFileSync('taskset', ['-p', String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // no taskset: everything runs everywhere, and the report says so
  }
})();

/** What goes before a command so that it runs on that core only. */
export const pinTo = (core: number): string[] => (canPin ? ['taskset', '-c', String(core)] : []);

export function pinAll(pids: readonly number[], cores: string): void {
  if (!canPin) return;
  for (const pid of pids) {
    try {
      execFileSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: 'ignore' });
    } catch {
      // it ended in this moment
    }
  }
}

export type Helper<Order, Report> = {
  readonly pid: number;
  tell(order: Order): void;
  /** The next report for which that holds. Rejects when the process ends or the time is over. */
  hear<R extends Report>(is: (report: Report) => report is R, withinMs: number): Promise<R>;
  stop(): Promise<void>;
};

/** A child process of one of the bench's own scripts, on one core. */
export function startHelper<Order extends object, Report>(script: string, core: number): Helper<Order, Report> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const command = [...pinTo(core), process.execPath, '--enable-source-maps', file];
  const child: ChildProcess = spawn(command[0] ?? process.execPath, command.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    pid: child.pid ?? 0,
    tell: (order) => void child.send(order),
    hear: (is, withinMs) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          child.off('message', listen);
          child.off('exit', gone);
        };
        const listen = (report: unknown) => {
          if (!is(report as Report)) return; // as: our own child's
          end();
          resolve(report as Parameters<typeof resolve>[0]); // as: the guard just said so
        };
        const gone = () => {
          end();
          reject(new Error(`${script} ended`));
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`${script} said nothing of that kind within ${withinMs / 1000} s`));
        }, withinMs);
        child.on('message', listen);
        child.once('exit', gone);
      }),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await ended;
    },
  };
}
