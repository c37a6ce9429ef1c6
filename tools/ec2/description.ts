// What the EC2 Describe tools share: filters, the name in a resource's tags, and pages. EC2 refuses MaxResults together
// with ids for some actions, so ids are asked for without it.

import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { evidenceField, moreField } from '../text-lines.ts';

/** Reads of lists stop here; more is said, not read. */
export const RESOURCES_MAX = 500;
const PAGE = 100;

/** The output of a tool that describes a list of resources. */
export function listOutput<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item).max(RESOURCES_MAX), more: moreField, evidence: evidenceField });
}

/** EC2 filters for the members that are set; names as in the EC2 API. */
export function filtersOf(
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): Filter[] {
  return Object.entries(values).flatMap(([Name, value]) =>
    value === undefined ? [] : [{ Name, Values: typeof value === 'string' ? [value] : [...value] }],
  );
}

/** The members of a Describe request that all actions share. */
export function pageOf(ids: readonly string[] | undefined, filters: Filter[], token: string | undefined) {
  return {
    ...(filters.length === 0 ? {} : { Filters: filters }),
    ...(ids === undefined ? { MaxResults: PAGE } : {}),
    ...(token === undefined ? {} : { NextToken: token }),
  };
}

/** The Name tag, or null. */
export function nameTag(tags: readonly Tag[] | undefined): string | null {
  return tags?.find(({ Key }) => Key === 'Name')?.Value ?? null;
}

/** "sg-1 (web)" or "sg-1". */
export function named(id: string, name: string | null): string {
  return name === null ? id : `${id} (${name})`;
}
