// Everything about the sources that can be judged without running them: `npm run check`. The first stage of `npm test`.

import { runCheckStages } from "./support/check-stages.ts";

const started = performance.now();
const { passed, failed } = await runCheckStages();
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`\ncheck: ${passed} passed, ${failed} failed, ${seconds} s\n`);
process.exitCode = failed === 0 ? 0 : 1;
