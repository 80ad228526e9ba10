/** SIGKILL again and again: nothing that was acknowledged is lost; and the same with faults planted, which it has to find. */
import { faults, flagsOf } from './faults.ts';
import { killRounds } from './kill.ts';
import { judged, type Scenario } from './scenario.ts';
import { onStage } from './stage.ts';

const kills: Scenario = {
  name: 'kills',
  promise: 'an acknowledged message is durable: the server is killed with SIGKILL at random moments under load',
  demanded:
    '500 kills, ≥ 100,000 acknowledged transactions: 0 lost, 0 duplicate sessions, events and deliveries exactly right',
  minutes: { medium: 5, full: 60 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const size = tools.size === 'full' ? { rounds: 500, sessions: 100_000 } : { rounds: 50 };
      const found = await killRounds(stage, { ...size, say: tools.say });
      const figures = `${found.rounds} kills, ${found.acknowledged} acknowledged messages, ${found.sessions} sessions, ${found.deliveries} deliveries: 0 lost; ${found.twice} came twice of ${found.inFlight} in flight at the kills (at most ${found.most} at one)`;
      return judged(found.broken, figures);
    }),
};

const WITHIN_KILLS = 5;

const planted: Scenario = {
  name: 'planted faults',
  promise: `the kill test has teeth: ${faults.map(({ name }) => name).join(', ')}`,
  demanded: `each caught within ${WITHIN_KILLS} kills`,
  minutes: { medium: 2, full: 2 },
  async run(tools) {
    const caught: string[] = [];
    const missed: string[] = [];
    for (const fault of faults) {
      const verdict = await onStage(tools, { flags: flagsOf(fault) }, async (stage) => {
        const { rounds, broken } = await killRounds(stage, { rounds: WITHIN_KILLS }).catch((cause: unknown) => {
          // it may be so broken that it cannot go on: that is found, too, but a fault that cannot be planted is not
          if (stage.node.output().includes('holds')) throw cause;
          return { rounds: WITHIN_KILLS, broken: [String(cause)] };
        });
        return judged(broken, `${rounds}`);
      });
      if (verdict.passed === true) missed.push(`${fault.name} was not found`);
      else caught.push(`${fault.name}`);
      tools.say(`${fault.name}: ${verdict.found.slice(0, 300)}`);
    }
    return judged(missed, `${caught.length} of ${faults.length} caught`);
  },
};

export const killScenarios: readonly Scenario[] = [kills, planted];
