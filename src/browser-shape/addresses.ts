/**
 * What a constructor is given: where to connect, and which subprotocols to offer.
 * In: texts. Out: a URL and a list. Fails: throws a `SyntaxError` as https://websockets.spec.whatwg.org/#get-a-url-record says.
 */

/** A token (RFC 9110 §5.6.2): what a subprotocol is made of. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `http:` and `https:` mean `ws:` and `wss:`. There is no page here whose address a relative one could begin from. */
export function readUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw syntaxError('the URL cannot be read; it must be absolute');
  }
  const url = new URL(text);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    url.protocol = url.protocol.replace('http', 'ws');
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw syntaxError(`ws: or wss: is needed, not ${url.protocol}`);
  }
  // `hash` is empty for a lone '#' as well.
  if (url.href.includes('#')) {
    throw syntaxError('the URL must not have a fragment');
  }
  return url;
}

export function checkProtocols(protocols: readonly string[]): void {
  if (!protocols.every((protocol) => token.test(protocol))) {
    throw syntaxError('a subprotocol must be a token: no spaces, separators or other scripts');
  }
  if (new Set(protocols).size < protocols.length) {
    throw syntaxError('a subprotocol may be offered once');
  }
}

function syntaxError(message: string): DOMException {
  return new DOMException(message, 'SyntaxError');
}
