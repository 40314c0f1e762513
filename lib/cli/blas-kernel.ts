import type { EngineInfo } from '../index.js';

/** Kernels of OpenBLAS that use AVX-512, and those that use AVX2 or more. */
const avx512 = ['skylakex', 'cooperlake', 'sapphirerapids'];
const avx2 = [...avx512, 'haswell', 'zen', 'excavator'];

/** A BLAS kernel narrower than the processor's vectors. */
export interface NarrowKernel {
  readonly core: string;
  readonly simd: string;
  /** The value of OPENBLAS_CORETYPE that forces it; undefined where OpenBLAS itself chose so. */
  readonly forcedBy: string | undefined;
}

/** Whether BLAS runs with less than the processor has: about half the speed of a training is lost then. */
export function narrowKernel(
  { engine, simd, blasCore }: Pick<EngineInfo, 'engine' | 'simd' | 'blasCore'>,
  environment: NodeJS.ProcessEnv = process.env,
): NarrowKernel | undefined {
  const fitting = simd === 'AVX-512' ? avx512 : simd === 'AVX2' ? avx2 : undefined;
  if (engine !== 'native' || fitting === undefined || blasCore === '') return undefined;
  if (fitting.includes(blasCore.toLowerCase())) return undefined;
  return { core: blasCore, simd, forcedBy: environment['OPENBLAS_CORETYPE'] || undefined };
}

/** One line for those who did not ask. */
export function narrowKernelWarning({ core, simd, forcedBy }: NarrowKernel): string {
  return forcedBy === undefined
    ? `OpenBLAS uses its ${core} kernel on a processor with ${simd}; a newer OpenBLAS may be faster`
    : `OPENBLAS_CORETYPE=${forcedBy} holds OpenBLAS to its ${core} kernel on a processor with ${simd}: ` +
        'up to twice as slow. Unset it';
}
