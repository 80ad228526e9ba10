/** Components and variables in requests. */
import { z } from 'zod';
import type { ComponentWish } from '../commands/index.ts';

const name = z
  .string()
  .trim()
  .min(1)
  .max(50)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' });
const place = z.int().min(0).max(1000);

/** Components, or variables of them: what is left out means any. */
export const componentsField = z
  .array(
    z.strictObject({
      component: name.meta({ examples: ['EVSE'] }),
      component_instance: name.optional(),
      evse_id: place.optional(),
      connector_id: place.optional(),
      variable: name.optional(),
      variable_instance: name.optional(),
    }),
  )
  .min(1)
  .max(100)
  .superRefine((all, context) => {
    all.forEach(({ evse_id: evse, connector_id: connector, variable, variable_instance: instance }, i) => {
      const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [i, field], message });
      if (connector !== undefined && evse === undefined) fault('connector_id', 'needs its evse_id');
      if (instance !== undefined && variable === undefined) fault('variable_instance', 'needs its variable');
    });
  });

export const wishesOf = (components: z.output<typeof componentsField>): ComponentWish[] =>
  components.map((each) => ({
    component: each.component,
    componentInstance: each.component_instance,
    evseId: each.evse_id,
    connectorId: each.connector_id,
    variable: each.variable,
    variableInstance: each.variable_instance,
  }));
