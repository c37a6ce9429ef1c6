// What a verification of the audit log can find. Only the first thing that is wrong is named: what follows may follow from it.

export type ProblemKind = 'altered' | 'gap' | 'truncated' | 'order' | 'signature' | 'unreadable';

export interface AuditProblem {
  /** The first record that is wrong or missing. */
  readonly seq: number;
  readonly kind: ProblemKind;
  readonly detail: string;
}
