/** Writes back every line it reads; ends with its input. */
process.stdin.pipe(process.stdout);
