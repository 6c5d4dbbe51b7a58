/** The part of istanbul-lib-instrument that instrument.ts uses: the package brings no types of its own. */
declare module 'istanbul-lib-instrument' {
  export interface InstrumenterOptions {
    readonly esModules?: boolean;
    readonly compact?: boolean;
    readonly preserveComments?: boolean;
    readonly parserPlugins?: readonly string[];
  }
  export interface Instrumenter {
    instrumentSync(code: string, file: string): string;
  }
  export function createInstrumenter(options: InstrumenterOptions): Instrumenter;
}
