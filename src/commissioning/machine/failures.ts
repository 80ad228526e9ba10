/**
 * Why a commissioning run can fail: each code with what to do about it, and whether the same run may well succeed when it is
 * started again as it is. docs/commissioning.md lists them. Pure data.
 */

type Entry = { readonly remedy: string; readonly retryable: boolean };

export const failures = {
  not_connected: {
    remedy: 'Check power and network of the charger, its OCPP address, its identity and its key',
    retryable: true,
  },
  boot_not_accepted: { remedy: 'Restart the charger, so that it sends a BootNotification', retryable: true },
  registration_refused: {
    remedy: 'Set the registration of the charge point to accepted, then start again',
    retryable: false,
  },
  wrong_vendor: { remedy: 'Correct the vendor of the charge point, or install the right charger', retryable: false },
  wrong_model: { remedy: 'Correct the model of the charge point, or install the right charger', retryable: false },
  wrong_serial_number: {
    remedy: 'Correct the serial number of the charge point, or install the right charger',
    retryable: false,
  },
  connection_lost: { remedy: "Check the charger's network; start again when it is connected", retryable: true },
  no_heartbeat: {
    remedy: "Check the charger's heartbeat interval and its network; it answers, but says nothing by itself",
    retryable: true,
  },
  clock_skew: { remedy: "Let the charger take its time from the server's answers, or from NTP", retryable: true },
  template_gone: { remedy: 'Name a configuration template that exists, or none', retryable: false },
  setting_rejected: { remedy: 'Correct the value in the configuration template', retryable: false },
  setting_not_supported: {
    remedy: 'Take the setting out of the template, or restrict the template to chargers that have it',
    retryable: false,
  },
  setting_mismatch: {
    remedy: 'The charger agreed and keeps another value: correct the template, or ask its manufacturer',
    retryable: false,
  },
  setting_not_kept: {
    remedy: 'The value did not survive the reboot: correct the template, or ask its manufacturer',
    retryable: false,
  },
  configuration_failed: { remedy: 'Start again; if it fails again, read the frames of the charger', retryable: true },
  session_running: { remedy: 'Start again when nobody charges: a setting takes a reboot', retryable: true },
  reset_rejected: { remedy: 'Reboot the charger by hand, then start again', retryable: true },
  reboot_not_finished: { remedy: 'Look whether the charger is back, then start again', retryable: true },
  connector_not_reported: {
    remedy: "Check the charger's connectors, and the connectors that were expected of it",
    retryable: true,
  },
  connector_faulted: { remedy: 'Mend the fault that the charger reports, then start again', retryable: true },
  charge_point_faulted: { remedy: 'Mend the fault that the charger reports, then start again', retryable: true },
  no_free_connector: {
    remedy: 'Make a connector available: none is free for the test transaction',
    retryable: true,
  },
  remote_start_rejected: {
    remedy: 'Plug in a car or a tester, and see that remote starts are allowed',
    retryable: true,
  },
  no_session_started: { remedy: 'Plug in a car or a tester before the test transaction', retryable: true },
  session_refused: {
    remedy: "The session that began was refused; read the charger's frames, then start again",
    retryable: true,
  },
  no_energy_reading: {
    remedy: 'Set the meter interval of the charger (MeterValueSampleInterval, SampledDataCtrlr.TxUpdatedInterval)',
    retryable: true,
  },
  session_ended_early: { remedy: 'Leave car or tester plugged in during the test transaction', retryable: true },
  remote_stop_rejected: { remedy: 'Stop the session at the charger; ask its manufacturer', retryable: true },
  session_not_ended: { remedy: 'Stop the session at the charger, or close its record', retryable: true },
  no_answer: { remedy: 'The charger does not answer requests: restart it', retryable: true },
  charger_error: { remedy: 'The charger answered with an error; read it in ocpp_response', retryable: false },
  charger_busy: { remedy: 'Let the commands that wait for the charger end, then start again', retryable: true },
  not_sayable: { remedy: "The charger's version of OCPP knows no such request", retryable: false },
  deadline_exceeded: { remedy: 'Start again, with a longer deadline if the charger is slow', retryable: true },
  cancelled: { remedy: 'Start again when it suits', retryable: true },
  charge_point_deleted: { remedy: 'Register the charge point anew, then commission it', retryable: false },
} as const satisfies Readonly<Record<string, Entry>>;

export type FailureCode = keyof typeof failures;
export const failureCodes = Object.keys(failures) as FailureCode[]; // exactly the keys of the constant above
