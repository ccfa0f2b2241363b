import { f as float16Model, b as float16SumModel, q as quantizedModel } from './load.js';
export { c as countExecuted, i as isFallbackRefused, l as loadRuntime, r as readGpus, s as selectProvider } from './load.js';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { a as withTemporaryFolder } from './files.js';
import 'node:os';
import './errors.js';
import './release.js';
import 'node:crypto';
import 'node:fs';
import 'node:stream/promises';
import 'node:worker_threads';
import './provider-libraries.js';
import 'node:process';
import 'node:url';
import 'node:timers/promises';
import 'node:module';
import 'node:child_process';
import 'node:util';
import './save.js';

/** (60000 + 60000) / 4: 30000 in float32; in float16 the sum is infinite. */
const LARGE = 60000;
/**
 * Runs a float16 sum that overflows, and a quantized convolution, on the provider.
 * @throws RuntimeError where the provider does not run at all
 */
async function probePrecision(runtime, provider, device = 0) {
    return withTemporaryFolder(async (folder) => {
        const options = { provider, device, threads: 1 };
        const half = join(folder, 'float16.onnx');
        await writeFile(half, float16Model());
        const x = { type: 'float32', dims: [1, 4], data: new Float32Array(4).fill(LARGE) };
        const sum = await runOnce(runtime, half, { x }, options);
        const sums = join(folder, 'sums.onnx');
        const long = float16SumModel();
        await writeFile(sums, long.model);
        const terms = { type: 'float32', dims: long.input.dims, data: long.input.data };
        const added = await runOnce(runtime, sums, { x: terms }, options);
        const fp16SumErrorSteps = largestError(added, long.expected, long.step);
        const quantized = join(folder, 'quantized.onnx');
        const { model, input, expected, scale } = quantizedModel();
        await writeFile(quantized, model);
        const feeds = { x: { type: 'float32', dims: input.dims, data: input.data } };
        const found = await runOnce(runtime, quantized, feeds, options);
        const int8ErrorSteps = largestError(found, expected, scale);
        const layers = provider === 'tensorrt' ? [] : await runtime.executedLayers(quantized, feeds, options);
        const convolution = layers.find(({ op }) => op.includes('Conv'));
        return {
            fp16: sum.some((value) => !Number.isFinite(value)) ? 'half' : 'float32',
            fp16SumErrorSteps,
            ...(convolution !== undefined && { int8: convolution.executed }),
            int8ErrorSteps
        };
    });
}
function largestError(found, expected, step) {
    return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(found[i] - value) / step), 0);
}
async function runOnce(runtime, file, feeds, options) {
    const session = await runtime.createSession(file, options);
    try {
        const { y } = await session.run(feeds);
        return y.data;
    }
    finally {
        await session.release();
    }
}

export { probePrecision };
