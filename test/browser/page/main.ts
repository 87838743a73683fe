/** Starts the worker and shows what it answers, for the test to read. */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
const show = (answer: unknown): void => {
  document.querySelector('output')!.textContent = JSON.stringify(answer);
};
worker.onmessage = ({ data }) => show(data);
worker.onerror = ({ message }) => show({ error: message });
