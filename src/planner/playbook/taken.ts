// A name that was taken for another is said: who asks about checkout must not read an answer about checkout-worker unawares.

import type { Json } from '../../kernel/canonical-json.ts';
import { hintFor } from './entities.ts';
import { isNickname, matchNames, namesInText } from './names.ts';
import { quoted, type View } from './view.ts';

/** "Taking checkuot as checkout." for the service and the cluster of a call that goes by other names in the message; empty for the same names. */
export function takenAs(view: View, input: Readonly<Record<string, Json>>): string {
  const { entities } = view.intent;
  const service = hintFor(entities, 'service');
  const cluster = hintFor(entities, 'cluster');
  const said = [
    otherName(view, service?.text, serviceIn(input), 'service'),
    cluster === service && serviceIn(input) !== null
      ? ''
      : otherName(view, cluster?.text, textOf(input.cluster), 'cluster'),
  ];
  return said.filter((one) => one !== '').join(' ');
}

function serviceIn(input: Readonly<Record<string, Json>>): string | null {
  const list = input.services;
  return textOf(input.service) ?? (Array.isArray(list) && list.length === 1 ? textOf(list[0]) : null);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** A short form of a cluster's name ("prod") is everyday; of a service it may be the name of another. */
function otherName(
  { question }: View,
  asked: string | undefined,
  taken: string | null,
  what: 'service' | 'cluster',
): string {
  if (asked === undefined || taken === null || letters(asked) === letters(taken)) return '';
  if (namesInText(question, [taken]).length > 0) return '';
  if (matchNames(asked, [taken]).length === 0)
    return what === 'service' && !/cluster/i.test(asked)
      ? `No service is named ${quoted(asked, 100)}; this is about ${quoted(taken, 100)}.`
      : '';
  const isShort = isNickname(asked) || letters(taken).includes(letters(asked));
  if (what === 'cluster' && isShort) return '';
  return `Taking ${quoted(asked, 100)} as ${quoted(taken, 100)}; no ${what} is named ${quoted(asked, 100)}.`;
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
