/** All rules, by their names in REST, events and docs. */
import { chargingRules } from './charging-rules.ts';
import { connectionRules } from './connection-rules.ts';
import { loadRules } from './load-rules.ts';
import { otherRules } from './other-rules.ts';
import type { Rule } from './rule.ts';

const all = { ...connectionRules, ...chargingRules, ...loadRules, ...otherRules };

export type { Rule } from './rule.ts';
export type RuleId = keyof typeof all;
export const rules: Readonly<Record<RuleId, Rule>> = all;
export const ruleIds = Object.keys(all) as [RuleId, ...RuleId[]]; // as: what keyof says of a literal
export const ruleOf = (id: string): Rule | undefined => (Object.hasOwn(all, id) ? rules[id as RuleId] : undefined);
