/** How long answers took in each of several phases. */
import { createRecorder, type Recorder } from '../benchmark/measure.ts';

export function createLatencies() {
  let recorder: Recorder = createRecorder();
  return {
    heard: (tookMs: number): void => recorder.add(tookMs),
    /** Of what was heard since the last time. */
    p99(): number {
      const { p99 } = recorder.percentiles();
      recorder = createRecorder();
      return p99;
    },
  };
}
