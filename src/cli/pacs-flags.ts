import { type Command, InvalidArgumentError } from 'commander';
import { OptionError } from '../core/errors.ts';
import { isUid } from '../io/dicom/uid.ts';
import { type DicomWebServer, dicomWebServer } from '../pacs/dicomweb/connection.ts';
import { readLogin } from '../pacs/dicomweb/login.ts';

/** How the user names a server and who asks it; shared by the commands of `rhomap pacs`. */
export interface ServerFlags {
  readonly server?: string;
  readonly login?: string;
  readonly plainHttp?: boolean;
}

export const addServerFlags = (declared: Command): Command =>
  declared
    .option(
      '--server <url>',
      'address of DICOMweb (else RHOMAP_PACS_URL), e.g. https://pacs.example/dicom-web',
    )
    .option('--login <file>', 'JSON file that only you can read (else RHOMAP_PACS_USER, …): see the guide')
    .option('--plain-http', 'send a login to another machine without encryption');

/** @throws OptionError `pacs/no-server` and those of `readLogin` and `dicomWebServer`. */
export async function serverOf(flags: ServerFlags): Promise<DicomWebServer> {
  const address = flags.server ?? process.env['RHOMAP_PACS_URL'];
  if (!address)
    throw new OptionError(
      'pacs/no-server',
      'Which server? Give its address with --server or in RHOMAP_PACS_URL.',
    );
  return dicomWebServer(address, await readLogin(flags.login, process.env), {
    plainHttp: flags.plainHttp ?? false,
  });
}

export function uidArgument(text: string): string {
  if (!isUid(text)) throw new InvalidArgumentError('Give a DICOM UID: numbers with dots between them.');
  return text;
}

export function dateArgument(text: string): string {
  if (!/^\d{8}(-\d{8})?$/.test(text)) throw new InvalidArgumentError('Give 20260131 or 20260101-20260131.');
  return text;
}
