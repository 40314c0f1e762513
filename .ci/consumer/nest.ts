// A NestJS application that trains, and predicts over HTTP. Injection goes by the metadata that decorators leave.
import 'reflect-metadata';
import { BadRequestException, Body, Controller, Injectable, Module, Post, type OnModuleInit } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BlasnetError, createPredictor, dense, engineInfo, Network, syntheticDigits, type Predictor } from 'blasnet';

const network = () => new Network({ inputs: 784, layers: [dense(128, { activation: 'relu' }), dense(10)], seed: 1 });

@Injectable()
class Digits implements OnModuleInit {
  private readonly predictor: Predictor;

  constructor(private readonly network: Network) {
    this.predictor = createPredictor(network);
  }

  async onModuleInit(): Promise<void> {
    await this.network.fit(syntheticDigits({ train: 4000, test: 1 }).train, { epochs: 5 });
  }

  async digitOf(sample: number[]): Promise<number> {
    const probabilities = await this.predictor.predict(sample);
    return probabilities.indexOf(Math.max(...probabilities));
  }
}

@Controller()
class DigitsController {
  constructor(private readonly digits: Digits) {}

  @Post('predict')
  async predict(@Body('sample') sample: number[]): Promise<{ digit: number }> {
    try {
      return { digit: await this.digits.digitOf(sample) };
    } catch (error) {
      throw error instanceof BlasnetError ? new BadRequestException(error.message) : error;
    }
  }
}

@Module({ controllers: [DigitsController], providers: [Digits, { provide: Network, useFactory: network }] })
class AppModule {}

async function main(): Promise<void> {
  const { engine, reason } = engineInfo();
  if (engine !== process.env['EXPECTED_ENGINE']) throw new Error(`runs the ${engine} engine: ${reason}`);
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const ask = async (sample: unknown) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sample }) };
    return fetch(`${await app.getUrl()}/predict`, init);
  };
  const { test } = syntheticDigits({ train: 1, test: 20 });
  let right = 0;
  for (let i = 0; i < test.length; i++) {
    const answer = (await (await ask(Array.from(test.sample(i)))).json()) as { digit: number };
    if (answer.digit === test.labels?.[i]) right++;
  }
  const { status } = await ask([1, 2, 3]);
  await app.close();
  if (right < 14 || status !== 400) throw new Error(`${right} of 20 digits are right, a bad request gives ${status}`);
  console.log(`${engine}, ${right} of 20 digits right over HTTP`);
}

void main();
