/** Runs something once the page has drawn what it has to, or after `atLatestMs`. Safari has no idle callbacks. */
export function whenIdle(act: () => void, atLatestMs: number): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(act, { timeout: atLatestMs });
  else setTimeout(act, atLatestMs / 4);
}
