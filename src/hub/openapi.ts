// The OpenAPI document, made from the same table of routes that the server serves: it cannot say anything else than what is.

import { z } from 'zod';
import { errorResponse } from '../contract/api.ts';
import type { Json } from '../kernel/canonical-json.ts';
import type { AnyRoute } from './routes/route.ts';

/** An OpenAPI 3.1 document over `routes`. */
export function openApiDocument(
  routes: readonly AnyRoute[],
  about: { readonly version: string; readonly prefix: string },
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = `${about.prefix}${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lockkeeper',
      version: about.version,
      description:
        'Sign in with a cookie (browser) or with the operator token as a bearer token. Errors: { error: { code, message, next } }.',
    },
    paths,
    components: {
      schemas: { Error: schemaOf(errorResponse, 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'lockkeeper-session' },
        operator: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

function operationOf(route: AnyRoute): Json {
  const answer: Json =
    typeof route.response === 'string'
      ? { [route.response]: { schema: { type: 'string' } } }
      : { 'application/json': { schema: schemaOf(route.response, 'output') } };
  const error = {
    description: 'Refused or failed.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  return {
    summary: route.summary,
    ...(route.access === 'anyone'
      ? { security: [] }
      : { security: [{ session: [] }, { operator: [] }], 'x-role': route.access }),
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...bodyOf(route),
    responses: { '200': { description: 'Done.', content: answer }, default: error },
  };
}

function parametersOf(schema: z.ZodType, place: 'path' | 'query'): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const members = Object.entries<z.ZodType>(schema.shape);
  return members.map(([name, member]) => ({
    name,
    in: place,
    required: place === 'path' || !member.safeParse(undefined).success,
    schema: schemaOf(member, 'input'),
  }));
}

function bodyOf(route: AnyRoute): { readonly requestBody?: Json } {
  if (route.method === 'GET' || route.body.safeParse(undefined).success) return {};
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
    },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  // What zod returns is plain JSON data; the round trip drops its own non-enumerable marks.
  return JSON.parse(JSON.stringify(rest)) as Json;
}
