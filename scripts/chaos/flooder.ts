/** Starts the process of chargers that flood (flood.ts). */
import { type Helper, startHelper } from '../benchmark/processes.ts';
import type { FloodOrder, FloodReport } from './flood.ts';

export const startFlooder = (): Helper<FloodOrder, FloodReport> =>
  startHelper<FloodOrder, FloodReport>('../chaos/flood.js', 1);
export const isReport = (report: FloodReport): report is FloodReport => 'answered' in report;
