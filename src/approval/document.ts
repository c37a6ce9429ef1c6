// The proposal document: how it becomes bytes, how the node signs them, and how anybody else reads them.
// The bytes are canonical JSON. They are made once, kept, and never re-serialised to check something.

import { firstIssue } from '../contract/json.ts';
import { type ProposalDocument, proposalDocument, type SignedProposal } from '../contract/proposal.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { messageOf } from '../kernel/errors.ts';
import type { SigningKey } from '../kernel/keys.ts';
import { limits } from '../kernel/limits.ts';
import { parseStrictJson } from '../kernel/strict-json.ts';
import {
  exactBase64url,
  proposalDigest,
  proposalPurpose,
  signatureHolds,
  signBytes,
} from './signed-bytes.ts';

/** Thrown for bytes that are no proposal; the caller says what that means for its own side. */
export class ProposalUnreadable extends Error {
  override readonly name = 'ProposalUnreadable';
}

export interface OpenedProposal {
  readonly document: ProposalDocument;
  readonly bytes: Uint8Array;
  /** What an approval names: hex SHA-256 of the bytes under their purpose. */
  readonly digest: string;
}

export interface PreparedProposal extends OpenedProposal {
  readonly signed: SignedProposal;
}

const bounds = { depth: limits.json.depth, bytes: limits.proposal.bytes };

/**
 * Turns a document into signed bytes. Throws `ProposalUnreadable` when the document could not be read back exactly as it
 * is: too long, too deep, numbers that are no integers, text that is no Unicode.
 */
export function signProposal(document: ProposalDocument, nodeKey: SigningKey): PreparedProposal {
  const bytes = Buffer.from(encode(document), 'utf8');
  const read = readDocument(bytes);
  const signature = signBytes(nodeKey, proposalPurpose, bytes);
  return {
    document: read,
    bytes,
    digest: proposalDigest(bytes),
    signed: { bytes: bytes.toString('base64url'), nodeKey: nodeKey.publicKey, signature },
  };
}

/**
 * Reads signed bytes strictly and checks the signature by the key inside. Whether that key is the node's is for the
 * caller to say: pass it as `nodeKey` when it is known. Throws `ProposalUnreadable`.
 */
export function openProposal(signed: SignedProposal, nodeKey?: string): OpenedProposal {
  if (nodeKey !== undefined && signed.nodeKey !== nodeKey) {
    throw new ProposalUnreadable('signed by another key than the node has');
  }
  const bytes = exactBase64url(signed.bytes);
  if (bytes === null) throw new ProposalUnreadable('the bytes are not base64url');
  const claim = { key: signed.nodeKey, purpose: proposalPurpose, bytes, signature: signed.signature };
  if (!signatureHolds(claim)) throw new ProposalUnreadable('the signature is not good');
  const document = readDocument(bytes);
  if (document.aud.nodeKey !== signed.nodeKey)
    throw new ProposalUnreadable('it names another key than it is signed by');
  return { document, bytes, digest: proposalDigest(bytes) };
}

/** Parses the bytes of a document: strict JSON, canonical spelling, exact shape. Throws `ProposalUnreadable`. */
export function readDocument(bytes: Uint8Array): ProposalDocument {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, bounds);
  } catch (error) {
    throw new ProposalUnreadable(messageOf(error), { cause: error });
  }
  if (canonicalJson(value) !== Buffer.from(bytes).toString('utf8')) {
    throw new ProposalUnreadable('not in canonical spelling');
  }
  const parsed = proposalDocument.safeParse(value);
  if (!parsed.success) {
    const { where, detail } = firstIssue(parsed.error);
    throw new ProposalUnreadable(`${where}: ${detail}`);
  }
  return parsed.data;
}

function encode(document: ProposalDocument): string {
  try {
    return canonicalJson(document);
  } catch (error) {
    throw new ProposalUnreadable(messageOf(error), { cause: error });
  }
}
