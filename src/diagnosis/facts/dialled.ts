// The address a client says it dialled. Whoever dialled an address had the name resolved; what was asked of a DNS server is no such address.

import { addressSet, isEmpty, publicInternet, subtract } from '../network/address-set.ts';
import { AWS_NAME, serviceNames } from './aws-endpoints.ts';
import type { Candidate } from './candidate.ts';
import type { StartFailure } from './start-failure.ts';

const ADDRESS = /\b(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})\b(->)?/g;
const DNS_PORT = '53';
const URL_HOST = /\bhttps?:\/\/([\w.-]{1,253})/i;

/** The address in a text such as `dial tcp 52.94.5.67:443: i/o timeout`, without its port; undefined when none was dialled. */
export function dialledAddress(text: string): string | undefined {
  // `read udp 10.0.1.7:41200->10.0.0.2:53` has the task's own end and the resolver's.
  const all = [...text.matchAll(ADDRESS)];
  return all.find(([, , port, arrow]) => port !== DNS_PORT && arrow === undefined)?.[1];
}

/** The internet as a destination, made as narrow as the error of the start is about this very service. */
export function narrowed(candidate: Candidate, service: string, start: StartFailure): Candidate {
  const address = dialledAddress(start.whole);
  const { destination, foundBy } = candidate;
  if (foundBy !== 'internet' || destination.bypassed !== undefined) return candidate;
  if (address === undefined || !servicesAsked(start).includes(service)) return candidate;
  const addresses = addressSet([address]);
  // An address inside the network leads to something that was not seen, such as an endpoint.
  if (!isEmpty(subtract(addresses, publicInternet))) return candidate;
  return { ...candidate, destination: { ...destination, addresses } };
}

/** Endpoint names of the AWS service whose address the error holds; empty when it holds none. */
export function servicesAsked({ whole }: StartFailure): string[] {
  const label = AWS_NAME.exec(URL_HOST.exec(whole)?.[1] ?? '')?.[1]?.toLowerCase();
  return label === undefined ? [] : serviceNames(label);
}
