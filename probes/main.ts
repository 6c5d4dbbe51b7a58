/**
 * Whether the ports can be kept on real engines: `npm run probe`, or `npm run probe -- redis` for one of them.
 * In: names of engines; all when there is none. Out: a line for each question, and exit code 0; or 1 when one of them failed.
 */
import { ask, questions } from './questions.ts';
import { engineNames, startEngine } from './servers.ts';

async function probe(wanted: readonly string[]): Promise<number> {
  const strangers = wanted.filter((name) => !engineNames.some((known) => known === name));
  if (strangers.length > 0) {
    console.error(`no such engine: ${strangers.join(', ')}; there are ${engineNames.join(', ')}`);
    return 1;
  }
  let failed = 0;
  for (const name of engineNames.filter((known) => wanted.length === 0 || wanted.includes(known))) {
    const engine = await startEngine(name);
    // An interrupted run leaves no server behind.
    process.once('SIGINT', () => void engine.stop().then(() => process.exit(130)));
    for (const question of Object.keys(questions)) {
      try {
        await ask(question, engine.open);
        console.log(`${name}: ${question}`);
      } catch (error) {
        failed += 1;
        console.error(`${name}: FAILED: ${question}\n`, error);
      }
    }
    await engine.stop();
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await probe(process.argv.slice(2));
