/**
 * Which suite begins when. Those that wait for clocks, processes and chargers come first: they leave the processor to the others
 * meanwhile, and none of them is alone at the end. Nothing but the path is looked at, so that a fresh clone runs as any other.
 */
import { statSync } from 'node:fs';
import sequencers from '@jest/test-sequencer';

const Sequencer = sequencers.default ?? sequencers;
const FIRST = [
  /\/chaos\/|\/http\/(access|openapi)\.|\/database\/embedded/,
  /\/(quirks|commissioning|firmware-\w+|handovers)\/.*\.journey\./,
  /\.journey\./,
  /\.db\./,
];

const rank = (path) => {
  const found = FIRST.findIndex((pattern) => pattern.test(path));
  return found === -1 ? FIRST.length : found;
};

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const known = tests.map((test) => ({ test, rank: rank(test.path), size: statSync(test.path).size }));
    return known.sort((a, b) => a.rank - b.rank || b.size - a.size).map(({ test }) => test);
  }
}
