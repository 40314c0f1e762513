// @ts-check
/** Asks a server one request after the other, with pauses, over one connection; prints the milliseconds of each. */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, seconds] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = () =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject);
  });

for (let i = 0; i < 20; i++) await ask();
const latencies = [];
const end = performance.now() + Number(seconds) * 1000;
while (performance.now() < end) {
  const start = performance.now();
  await ask();
  latencies.push(performance.now() - start);
  await sleep(2);
}
agent.destroy();
console.log(JSON.stringify(latencies));
