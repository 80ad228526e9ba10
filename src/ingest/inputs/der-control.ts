/** OCPP 2.1 block R: what a station with distributed energy resources is told to do for the grid, and what it tells of it. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { ChargerInstant, Common } from './common.ts';
import type { DerControl, DerControlType, DerCriteria } from './der-settings.ts';

export type ReportedDerControl = DerControl & { readonly isSuperseded: boolean };

export type DerControlInput = Common & { readonly room: 'der_control' } & (
    | {
        readonly type: 'requested';
        readonly id: string;
        readonly commandId: string;
        readonly control: DerControl;
        readonly requestedBy: string;
      }
    /** A station is asked for what it holds: its parts will bear this number. */
    | {
        readonly type: 'report_requested';
        readonly reportId: string;
        readonly commandId: string;
        readonly requestId: number;
        readonly criteria: DerCriteria;
        readonly requestedBy: string;
      }
    | CommandEnded
    | {
        readonly type: 'controls_reported';
        /** For a report that nobody here asked for. */
        readonly newId: string;
        readonly requestId: number;
        readonly tbc: boolean;
        readonly controls: readonly ReportedDerControl[];
      }
    | {
        readonly type: 'alarm_reported';
        readonly eventId: string;
        readonly controlType: DerControlType | undefined;
        /** As the station says it: OverVoltage, … */
        readonly fault: string | undefined;
        readonly ended: boolean;
        readonly info: string | undefined;
        readonly at: ChargerInstant;
      }
    | {
        readonly type: 'control_switched';
        readonly eventId: string;
        readonly controlId: string;
        readonly started: boolean;
        readonly supersededIds: readonly string[];
        readonly at: ChargerInstant;
      }
  );
