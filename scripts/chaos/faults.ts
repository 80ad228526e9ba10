/**
 * Faults that the kill test must find: each is a change of the built program, made while Node loads it (plant-hooks.ts). The product
 * has no switch for them: nothing of this is reachable unless a process is started with --import of plant.js.
 */
export type Patch = {
  /** Below dist/src. */
  readonly file: string;
  /** Stands there exactly once, or the process does not start. */
  readonly find: string;
  readonly put: string;
};
export type Fault = { readonly name: string; readonly patches: readonly Patch[] };

/** What shows only when a kill meets it there is held there so long that five kills do. */
const HELD = 'await new Promise((resolve) => setTimeout(resolve, 25));';

export const faults: readonly Fault[] = [
  {
    name: 'ack before commit',
    patches: [
      {
        file: 'ingest/batch.js',
        find: 'const saved = await work.save();\n        onDecided();',
        put: 'onDecided(work.early());\n        const saved = await work.save();',
      },
      {
        file: 'ingest/batch.js',
        find: "    /** This charge point's row is locked by this transaction. */",
        put: '    early() { return this.#outcomes; }',
      },
      {
        file: 'ingest/engine.js',
        find: 'runBatch(needs, live, decided);',
        put: 'runBatch(needs, live, (early) => { live.forEach((pending, i) => answer(pending, early[i])); decided(); });',
      },
    ],
  },
  {
    name: 'emit after commit',
    patches: [
      {
        file: 'ingest/batch.js',
        find: '    return needs.db.transaction(async (tx) => {',
        put: '    let late;\n    const done = await needs.db.transaction(async (tx) => {\n        late = () => work.emit(chargePointIds);',
      },
      {
        file: 'ingest/batch.js',
        find: '        return saved;\n    });',
        put: `        return saved;\n    });\n    ${HELD}\n    await late();\n    return done;`,
      },
      {
        file: 'ingest/batch.js',
        find: 'const writing = this.#events.length > 0 ? this.#writer.write(this.#events) : undefined;',
        put: 'const writing = undefined;',
      },
      {
        file: 'ingest/batch.js',
        find: "    /** This charge point's row is locked by this transaction. */",
        put: `    async emit(chargePointIds) {
        if (this.#events.length === 0) return;
        const written = await this.#needs.db.transaction((tx) => this.#needs.eventWriter.prepare(tx, chargePointIds).write(this.#events));
        written.committed();
    }`,
      },
    ],
  },
  {
    name: 'no unique key',
    patches: [
      {
        file: 'sessions/machine/start.js',
        find: `|\${instant}|\${start.meterStartWh}\``,
        put: `|\${instant}|\${start.meterStartWh}|\${Math.random()}\``,
      },
      {
        file: 'ingest/engine.js',
        find: 'done = await runBatch(needs, live, decided);',
        put: `done = await runBatch(needs, live, decided); ${HELD}`,
      },
    ],
  },
  {
    name: 'dispatch without lease',
    patches: [
      {
        file: 'webhooks/event-store.js',
        find: `clock_timestamp() + $15::int * interval '1 millisecond'`,
        put: `clock_timestamp() + 0 * $15::int * interval '1 millisecond'`,
      },
      {
        file: 'webhooks/claim-store.js',
        find: `clock_timestamp() + $4::int * interval '1 millisecond'`,
        put: `clock_timestamp() + 0 * $4::int * interval '1 millisecond'`,
      },
      {
        file: 'webhooks/delivery-store.js',
        find: `clock_timestamp() + $3::int * interval '1 millisecond'`,
        put: `clock_timestamp() + 0 * $3::int * interval '1 millisecond'`,
      },
    ],
  },
  {
    name: 'deliveries outside the transaction',
    patches: [
      {
        file: 'ingest/batch.js',
        find: 'afterCommit: () => written?.committed()',
        put: 'afterCommit: () => written?.committed(this.#needs.db)',
      },
      {
        file: 'webhooks/event-writer.js',
        find: '{ events, deliveries: deliveries(), replacements: replacements() }, lease)',
        put: '{ events, deliveries: [], replacements: [] }, lease)',
      },
      {
        file: 'webhooks/event-writer.js',
        find: 'committed() {\n                            dispatcher.accept(born(), more());',
        put: `committed(db) {
                            db.transaction((own) => insertEvents(own, at, { events: [], deliveries: deliveries(), replacements: replacements() }, lease))
                                .then(() => dispatcher.accept(born(), more()), () => undefined);`,
      },
    ],
  },
  {
    name: 'status in memory only',
    patches: [
      { file: 'charge-points/store.js', find: 'if (connectors.length > 0) {', put: 'if (connectors.length < 0) {' },
      { file: 'charge-points/store.js', find: 'if (history.length > 0) {', put: 'if (history.length < 0) {' },
    ],
  },
];

/** Throws when what the patch is for does not stand there exactly once. */
export function planted(text: string, { file, find, put }: Patch): string {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times, not once: ${find}`);
  return parts.join(put);
}

/** What Node is started with, so that the process has the fault. */
export const flagsOf = (fault: Fault): string[] => {
  const url = new URL('./plant.js', import.meta.url);
  url.searchParams.set('fault', fault.name);
  return ['--import', url.href];
};
