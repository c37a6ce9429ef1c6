// What a route is: one entry of a table from which the server, the access rules and the OpenAPI document are made.

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Identity } from '../auth.ts';
import type { Role } from '../people.ts';

/** A request after its parts matched their schemas and its sender may send it. */
export interface RouteCall<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly identity: Identity;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /api/v1, with `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  /** `anyone` is for signing in only; everything else asks who it is. */
  readonly access: Role | 'anyone';
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The shape of the answer, or the content type of one that is no JSON. */
  readonly response: z.ZodType | `${string}/${string}`;
  // A method and not a property: the table holds routes of every shape.
  handle(call: RouteCall<z.infer<P>, z.infer<Q>, z.infer<B>>): Promise<unknown>;
}

export type AnyRoute = Route<z.ZodType, z.ZodType, z.ZodType>;

/** Keeps the types of one route while it is written down. */
export function defineRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  route: Route<P, Q, B>,
): AnyRoute {
  return route;
}
