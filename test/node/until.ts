// Waits for something that another part of the same process brings about, one turn of the event loop at a time.

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
