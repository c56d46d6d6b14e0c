/** It could not run, or was broken off: nothing is shown either way. */
const NOT_RUN = 2;

/** Runs a script that starts processes. They are ended by `exit` handlers, which do not run behind these two signals of themselves. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(NOT_RUN));
  await main().catch((error: unknown) => {
    // What is wrong with an option is said in a sentence; anything else is for whoever looks for it.
    const text = error instanceof Error && !(error instanceof RangeError) ? error.stack : undefined;
    process.stderr.write(`${text ?? (error instanceof Error ? error.message : String(error))}\n`);
    process.exitCode = NOT_RUN;
  });
}
