/** scripts/dev-ca: the certificate of the development CA, for chargers and servers that shall believe it. Its key is never shown. */
import { Command } from 'commander';
import { createDevCa } from '../src/certificates/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { runProgram, withInstallation } from './kit/with-installation.ts';

async function show(): Promise<void> {
  await withInstallation(async ({ db, keyRing }) => {
    const ca = createDevCa({ db, cipher: keyRing.cipher('certificate-authority'), clock: systemClock });
    console.log((await ca.certificate()).trim());
  });
}

await runProgram(
  new Command('dev-ca')
    .description(
      'Prints the certificate of the development CA (CERTIFICATE_SIGNER=dev-ca) in PEM form; makes it if there is none.',
    )
    .showHelpAfterError()
    .action(show),
);
