/** What the routes of the room take. */
import { z } from 'zod';
import { idField, nameField } from '../platform/fields.ts';
import { modes } from './present.ts';
import { MOST_TOKEN } from './token.ts';

const words = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });
const token = z
  .string()
  .min(1)
  .max(MOST_TOKEN)
  .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' })
  .meta({ description: 'As it was shown to whoever began the handover', examples: ['dyn_handover_x2Zb8gQ0kq1h4v'] });

export const newHandover = z
  .strictObject({
    mode: z.enum(modes).meta({
      description:
        'installer_to_owner: the one who set it up gives it to the one who will run it, and the checklist asks whether it was commissioned; ownership_transfer: between owners',
    }),
    to_organization_id: idField('org').optional().meta({
      description:
        'Only this organization may accept, and finds it among its incoming ones. Not checked: with an id that nobody has nobody can accept. Absent: whoever has the token',
    }),
    note: words.optional().meta({ description: 'Both sides read it' }),
    expires_in_days: z.int().min(1).max(14).optional().meta({ description: 'Default 14' }),
  })
  .meta({ examples: [{ mode: 'installer_to_owner', note: 'Depot North, as ordered' }] });
export const tokenOnly = z.strictObject({ token });
export const acceptance = z
  .strictObject({
    token,
    when: z.enum(['now', 'idle']).optional().meta({
      description: 'now (the default): refused while something is going on; idle: it waits until nothing is',
    }),
    site_id: idField('site').optional().meta({ description: 'One of the accepting organization' }),
    name: nameField.optional().meta({ description: 'What it is called from then on; absent: nothing' }),
  })
  .meta({ examples: [{ token: 'dyn_handover_x2Zb8gQ0kq1h4v', when: 'idle' }] });
export const giveUp = z.strictObject({ reason: words.optional().meta({ description: 'Both sides read it' }) });
