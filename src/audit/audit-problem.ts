// What a verification of the audit log can find. Only the first thing that is wrong is named: what follows may follow from it.

/** `damaged` is of no record: the log verifies, but the file it is in does not hold together elsewhere. */
export type ProblemKind = 'altered' | 'gap' | 'truncated' | 'order' | 'signature' | 'unreadable' | 'damaged';

export interface AuditProblem {
  /** The first record that is wrong or missing; 0 when it is the file as a whole. */
  readonly seq: number;
  readonly kind: ProblemKind;
  readonly detail: string;
}
