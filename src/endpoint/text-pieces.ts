/**
 * A text in pieces becomes bytes.
 * In: strings, cut anywhere. Out: UTF-8, which is that of the whole text: a surrogate pair that was cut in two is one character.
 * Cannot fail: half a pair without its other half becomes U+FFFD, as in any text that is sent.
 */
const none: Buffer = Buffer.alloc(0);

export class TextPieces {
  /** The first half of a pair, whose second half may come. */
  private half = '';

  encode(piece: string): Buffer {
    const text = this.half + piece;
    const last = text.charCodeAt(text.length - 1);
    const isCut = last >= 0xd800 && last < 0xdc00;
    this.half = isCut ? text.slice(-1) : '';
    return Buffer.from(isCut ? text.slice(0, -1) : text);
  }

  /** What is left when no string follows. */
  end(): Buffer {
    const left = this.half === '' ? none : Buffer.from(this.half);
    this.half = '';
    return left;
  }
}
