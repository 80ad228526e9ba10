/**
 * A rollout: draft → running, stage by stage → completed, paused or aborted. Pure. It gives nobody an update: it says which stage
 * may. A stage is over when none of its chargers waits or updates; it pauses by itself when too many of it have failed,
 * or of one before, as the boot that disproves an installation comes when the stage is over.
 */
import { edge } from './machine/edges.ts';
import type { Plan, Rollout, RolloutInput, RolloutMove, Standing, Strategy } from './types.ts';

/** `ignored`: why nothing moved. */
export type Step = { readonly rollout: Rollout; readonly ignored?: string };

export function decide(rollout: Rollout, input: RolloutInput, plan: Plan, now: Date): Step {
  switch (input.type) {
    case 'start':
      return go(rollout, 'start', now, { startedAt: now });
    case 'pause':
      return go(rollout, 'pause', now, { pausedBy: 'person' });
    case 'resume':
      return go(rollout, 'resume', now, { pausedBy: null, tolerated: failuresIn(input) });
    case 'promote':
      return rollout.awaitingPromotion ? nextStage(rollout, 'promote', now) : { rollout, ignored: 'not_awaiting' };
    case 'abort':
      return go(rollout, 'abort', now, { awaitingPromotion: false });
    case 'looked':
      return rollout.status === 'running' ? looked(rollout, input, plan, now) : { rollout, ignored: 'not_running' };
  }
}

const failuresIn = ({ counts, late }: Standing): number => late.reduce((sum, each) => sum + each.late, counts.failed);

function looked(rollout: Rollout, standing: Standing, plan: Plan, now: Date): Step {
  const { counts, late } = standing;
  const isTooMany = [counts, ...late].some(({ failed, size }) => failed * 100 > plan.maxFailedPercent * size);
  if (isTooMany && failuresIn(standing) > rollout.tolerated)
    return go(rollout, 'too_many_failures', now, { pausedBy: 'failures' });
  if (counts.pending > 0 || counts.open > 0) return { rollout, ignored: 'under_way' };
  if (rollout.stage + 1 >= plan.stages) return go(rollout, 'complete', now, {});
  if (plan.strategy !== 'canary') return nextStage(rollout, 'next_stage', now);
  return rollout.awaitingPromotion
    ? { rollout, ignored: 'awaiting_promotion' }
    : { rollout: { ...rollout, awaitingPromotion: true } };
}

const nextStage = (rollout: Rollout, move: 'promote' | 'next_stage', now: Date): Step =>
  go(rollout, move, now, { stage: rollout.stage + 1, tolerated: 0, awaitingPromotion: false });

function go(rollout: Rollout, move: RolloutMove, now: Date, change: Partial<Rollout>): Step {
  const status = edge(rollout.status, move);
  if (status === undefined) return { rollout, ignored: `not_${move}_when_${rollout.status}` };
  const endedAt = status === 'completed' || status === 'aborted' ? now : null;
  return { rollout: { ...rollout, ...change, status, endedAt } };
}

/** How many chargers each stage has. `sizes`: of the first ones; the rest is the last one's. */
export function stagesOf(
  strategy: Strategy,
  matched: number,
  how: { sizes: readonly number[]; batch: number },
): number[] {
  if (strategy === 'all_at_once') return [matched];
  const wanted =
    strategy === 'canary' ? [...how.sizes] : Array.from({ length: Math.ceil(matched / how.batch) }, () => how.batch);
  const stages: number[] = [];
  let left = matched;
  for (const size of wanted) {
    if (left > 0) stages.push(Math.min(size, left));
    left -= size;
  }
  return left > 0 ? [...stages, left] : stages;
}
