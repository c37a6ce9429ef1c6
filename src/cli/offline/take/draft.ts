// A snapshot in the making: answers of AWS come in as they arrive, and every object is in it once, with whatever any answer said of it.

import type { AwsAction } from '../../../contract/aws.ts';
import { parseSnapshot, SNAPSHOT_FORMAT, type Snapshot } from '../../../contract/snapshot.ts';

/** A managed policy as its versions were read. */
export interface ManagedPolicy {
  /** The version in force, once that is known. */
  version?: string | undefined;
  readonly documents: Map<string, Record<string, unknown>>;
}

/** An object of a section as an answer shows it: any field may be missing. */
export type Shown<T> = T extends readonly (infer Item)[]
  ? readonly Shown<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Shown<T[Key]> | undefined }
    : T;

export interface Draft {
  readonly snapshot: Snapshot;
  /** By ARN. Roles refer to them, and more than one may refer to the same. */
  readonly managed: Map<string, ManagedPolicy>;
  /** Puts objects into a list of the snapshot, or adds to those of the same `identity`. One without its first field is left out. */
  keep<T extends object>(
    list: T[],
    identity: readonly (keyof T & string)[],
    items: readonly Shown<T>[] | undefined,
  ): void;
  /** The object of that identity in the list, put there when it was not: it is known to exist, whatever else is. */
  known<T extends object>(list: T[], identity: readonly (keyof T & string)[], item: T): T;
  /**
   * Puts objects into a list of which only the name was listed. Those that `by` never describes go again at the end, unless it was refused:
   * then they are all there is to say that there is something.
   */
  named<T extends object>(
    list: T[],
    identity: readonly (keyof T & string)[],
    stubs: { readonly by: AwsAction; readonly items: readonly T[] },
  ): void;
  dropUndescribed(denied: readonly string[]): void;
}

export function createDraft(account: Snapshot['account']): Draft {
  const snapshot = parseSnapshot({ format: SNAPSHOT_FORMAT, takenAt: new Date(0).toISOString(), account });
  const indexes = new WeakMap<object, Map<string, object>>();
  const stubs = new Map<object, { readonly by: AwsAction; readonly drop: () => void }>();

  function find<T extends object>(list: T[], identity: readonly (keyof T & string)[], item: T) {
    const index = indexes.get(list) ?? new Map<string, object>();
    indexes.set(list, index);
    const key = JSON.stringify(identity.map((field) => item[field] ?? null));
    // Only objects of this list are in its index.
    const before = index.get(key) as T | undefined;
    const add = (): T => {
      const kept = { ...item };
      index.set(key, kept);
      list.push(kept);
      return kept;
    };
    return { before, add };
  }

  function put<T extends object>(list: T[], identity: readonly (keyof T & string)[], item: T): T {
    const { before, add } = find(list, identity, item);
    if (before === undefined) return add();
    stubs.delete(before);
    return added(before, item);
  }

  return {
    snapshot,
    managed: new Map(),
    keep: (list, identity, items = []) => {
      const [first] = identity;
      // What the section demands of its objects is their identity; the other fields are optional in AWS's own types.
      for (const item of items as unknown as typeof list)
        if (first !== undefined && item[first] !== undefined) put(list, identity, item);
    },
    known: put,
    named: (list, identity, { by, items }) => {
      for (const item of items) {
        const { before, add } = find(list, identity, item);
        if (before !== undefined) continue;
        const stub = add();
        stubs.set(stub, { by, drop: () => void list.splice(list.indexOf(stub), 1) });
      }
    },
    dropUndescribed: (denied) => {
      for (const { by, drop } of stubs.values()) if (!denied.includes(by)) drop();
    },
  };
}

/** A list that was not asked for comes back empty, as the settings of a cluster do; that takes nothing away. */
function added<T extends object>(before: T, item: T): T {
  const isUnasked = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);
  return Object.assign(
    before,
    Object.fromEntries(
      Object.entries(item).filter(([key, value]) => !isUnasked(value) || !Object.hasOwn(before, key)),
    ),
  );
}
