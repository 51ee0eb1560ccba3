import { type Rule } from 'eslint';

export declare const fathomLint: { readonly rules: Record<string, Rule.RuleModule> };
