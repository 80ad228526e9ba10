/**
 * Where test files run: in the realm of their worker, one after another, each with its own instances of our modules (runtime.cjs).
 * jest's own environment makes a realm for each file, so that every package has to be compiled again for each of 300 files, and
 * an `instanceof Date` depends on where the date was made. What a file leaves in the environment or at `process` goes with it.
 */
const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

// what jest itself goes on with while a test replaces the clock
for (const [name, value] of Object.entries({ promise: Promise, now: Date.now.bind(Date) })) {
  const symbol = Symbol.for(`jest-native-${name}`);
  if (!Object.hasOwn(globalThis, symbol)) Object.defineProperty(globalThis, symbol, { value });
}

const listenersNow = () => new Map(process.eventNames().map((event) => [event, new Set(process.rawListeners(event))]));

module.exports = class Environment {
  constructor({ projectConfig }) {
    this.global = globalThis;
    Object.assign(globalThis, projectConfig.globals);
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.fakeTimers = null;
    this.variables = { ...process.env };
    this.listeners = listenersNow();
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const name of Object.keys(process.env)) if (!(name in this.variables)) delete process.env[name];
    Object.assign(process.env, this.variables);
    for (const [event, listeners] of listenersNow()) {
      for (const listener of listeners)
        if (!this.listeners.get(event)?.has(listener)) process.removeListener(event, listener);
    }
    this.global = null;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** None: runtime.cjs compiles for the realm it is in. */
  getVmContext() {
    return undefined;
  }
};
