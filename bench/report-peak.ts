/** Preloaded into a child process (`--import`): at its end it prints the most memory that it ever held. */
process.on('exit', () => {
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`\n${JSON.stringify({ peakMb })}\n`);
});
