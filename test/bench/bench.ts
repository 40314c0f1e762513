/** The benchmark suite is plain JavaScript, and says its types in comments only. */
export async function bench(name: string): Promise<any> {
  return import(new URL(`../../bench/${name}.mjs`, import.meta.url).href);
}
