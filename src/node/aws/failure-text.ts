// Failures without an answer of AWS, in plain words: what broke, without the names of a library's parts.

/** Certificates that Node does not accept; `tls` lists their codes. */
const certificate = /^(?:CERT_|DEPTH_ZERO_|ERR_TLS_CERT_|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)_)/;

/** What `system` (an error code such as ECONNREFUSED, or '') with the library's `message` means; `message` itself when it is not known. */
export function plainWords(system: string, message: string): string {
  const place = /\b(?:connect|getaddrinfo) [A-Z_]+ (\S{1,255})/.exec(message)?.[1];
  if (system === 'ECONNREFUSED') return `nothing listens at ${place ?? 'the endpoint'}`;
  if (system === 'ENOTFOUND') return `the name ${place ?? 'of the endpoint'} is not known to DNS`;
  if (system === 'EAI_AGAIN') return `DNS did not answer for ${place ?? 'the endpoint'}`;
  if (system === 'EHOSTUNREACH' || system === 'ENETUNREACH')
    return `no route leads to ${place ?? 'the endpoint'}`;
  if (system === 'ETIMEDOUT') return `${place ?? 'the endpoint'} does not answer`;
  if (isPlainForTls(message))
    return 'the endpoint does not speak TLS; if that is meant, its address begins with http://';
  if (certificate.test(system))
    return `the certificate of what answers is not trusted (${system}); if a proxy opens TLS here, name its authority in NODE_EXTRA_CA_CERTS`;
  if (system.startsWith('HPE_'))
    return 'what answers does not speak HTTP; if it expects TLS, its address begins with https://';
  if (isBrokenOff(system, message)) return 'the connection ended before the answer was complete';
  return message;
}

/** A TLS greeting was answered in plain text, so nothing of the request was sent. */
export function isPlainForTls(message: string): boolean {
  return /wrong version number|packet length too long|tls_get_more_records/.test(message);
}

/** The connection was there and ended before its time. */
export function isBrokenOff(system: string, message: string): boolean {
  return system === 'ECONNRESET' || system === 'EPIPE' || /^(?:aborted|socket hang up)\b/.test(message);
}
