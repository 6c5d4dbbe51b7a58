/**
 * A field's value read from left to right, with errors that say where, as ws words them.
 * In: the value. Out: tokens and marks. Fails: a SyntaxError.
 */
const tokenCharacter = /[!#$%&'*+\-.0-9A-Z^_`|a-z~]/;

export class FieldReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** @param mayIndent Whether blanks may stand before it. @throws {SyntaxError} */
  token(mayIndent: boolean): string {
    if (mayIndent) {
      this.blanks();
    }
    const start = this.at;
    while (this.isToken(this.at)) {
      this.at += 1;
    }
    return this.at > start ? this.text.slice(start, this.at) : this.wrong();
  }

  /** A quoted string; what it says must be a token (§9.1). The opening quote was taken. @throws {SyntaxError} */
  quoted(): string {
    let said = '';
    while (this.text[this.at] !== '"' || said === '') {
      if (this.text[this.at] === '\\') {
        this.at += 1;
      }
      if (!this.isToken(this.at)) {
        this.wrong();
      }
      said += this.text[this.at]!;
      this.at += 1;
    }
    this.at += 1;
    return said;
  }

  /** Passes over blanks, which only one of `marks` may follow. @throws {SyntaxError} */
  blanksBefore(marks: string): void {
    const start = this.at;
    this.blanks();
    const isEnd = this.at === this.text.length;
    if ((isEnd && this.at > start) || (!isEnd && !marks.includes(this.text[this.at]!))) {
      this.wrong();
    }
  }

  /** Whether `mark` stands here; then it is passed. */
  take(mark: string): boolean {
    const isHere = this.text[this.at] === mark;
    this.at += isHere ? 1 : 0;
    return isHere;
  }

  private blanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') {
      this.at += 1;
    }
  }

  private isToken(at: number): boolean {
    return at < this.text.length && tokenCharacter.test(this.text[at]!);
  }

  private wrong(): never {
    throw new SyntaxError(
      this.at >= this.text.length
        ? 'Unexpected end of input'
        : `Unexpected character at index ${this.at}`,
    );
  }
}
