/** scripts/dev-ca: the certificate of a development CA, for chargers and servers that shall believe it. Its key is never shown. */
import { Command } from 'commander';
import { createDevCa, createDevV2gCa } from '../src/certificates/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { runProgram, withInstallation } from './kit/with-installation.ts';

async function show({ v2g }: { readonly v2g?: true }): Promise<void> {
  await withInstallation(async ({ db, keyRing }) => {
    const ca = (v2g ? createDevV2gCa : createDevCa)({
      db,
      cipher: keyRing.cipher('certificate-authority'),
      clock: systemClock,
    });
    console.log((await ca.certificate()).trim());
  });
}

await runProgram(
  new Command('dev-ca')
    .description(
      'Prints the certificate of the development CA (CERTIFICATE_SIGNER=dev-ca) in PEM form; makes it if there is none.',
    )
    .option('--v2g', 'the root of certificates that chargers show to cars (V2G_CERTIFICATE_SIGNER=dev-ca) instead')
    .showHelpAfterError()
    .action(show),
);
