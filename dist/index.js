import { join, resolve, relative, basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { m as messageOf, C as ConfigurationError, E as ExitCode, G as GateError, e as explain } from './errors.js';
import { l as limits, r as restoreEntry, a as reportMisfortune, s as saveEntry, I as InputReader, b as INPUT, c as readPublishSettings, u as unknownInputs, d as artifactName, F as FAIL_ON, e as saveBaseline, f as baselineKey, g as restoreBaseline, h as baselinePrefix, i as downloadBaseline, j as clientFor, k as createChildOutput, m as safeLog, O as OUTPUT, n as maskSecret, o as readContext, p as statusOf, w as writeOutputs, q as watchErrors, t as createLog, v as publish } from './publish.js';
import { existsSync, constants } from 'node:fs';
import { readdir, lstat, readFile, writeFile, realpath, stat, mkdir, rm, open } from 'node:fs/promises';
import './release.js';
import 'node:crypto';
import 'node:os';
import './operators.js';
import { p as parseTable, R as REPORT_FILE, a as parseResult, s as strictObject, b as array, c as string, l as literal, d as REFERENCE_VARIANT } from './suggest.js';
import { spawn, execFile } from 'node:child_process';
import 'node:string_decoder';
import './index2.js';
import { P as PRECISIONS, p as provideRuntime, c as createConsole } from './set-up.js';
import { D as DEFAULT_REPORT_ID, w as worstFirst, f as formatCommand } from './annotations.js';
import 'node:util';
import 'node:zlib';
import { d as defaultCacheDirectory } from './cache-directory.js';
import { w as writeFileAtomic, a as withTemporaryFolder } from './files.js';
import { i as isInside } from './index3.js';
import { E as ENTRY_FOLDERS } from './protocol.js';
import { Writable } from 'node:stream';
import 'node:process';
import './provider-libraries.js';
import 'node:stream/promises';
import 'node:timers/promises';
import 'fs';
import 'zlib';
import 'util';
import 'stream';
import 'events';
import './version.js';
import 'node:worker_threads';
import './save.js';
import 'node:assert';
import 'node:net';
import 'node:http';
import 'node:buffer';
import 'node:querystring';
import 'node:events';
import 'node:diagnostics_channel';
import './_commonjsHelpers.js';
import 'node:tls';
import 'node:perf_hooks';
import 'node:util/types';
import 'node:async_hooks';
import 'node:console';
import 'node:dns';
import 'string_decoder';
import 'readline';
import './registry.js';
import 'process';
import 'buffer';

const TABLES_FOLDER = ENTRY_FOLDERS.tables;
const TABLE_NAME = /^[0-9a-f]{64}\.json$/;
/**
 * Looks through what was unpacked and believes nothing: only plain files of a table's name, in our one folder, each a
 * whole table that carries the key it is filed under. One bad file condemns the entry, since we never saved such a one.
 *
 * @returns the text of each table by its key
 */
async function verifyEntry(folder) {
    try {
        return { ok: true, tables: await readEntry(folder) };
    }
    catch (error) {
        return { ok: false, reason: messageOf(error) };
    }
}
async function readEntry(folder) {
    const foreign = (await readdir(folder)).find((name) => name !== TABLES_FOLDER);
    if (foreign !== undefined)
        throw new Error(`it holds ${JSON.stringify(foreign)}, which no table is`);
    const tables = join(folder, TABLES_FOLDER);
    if (!(await lstat(tables)).isDirectory())
        throw new Error(`${TABLES_FOLDER} is no folder`);
    const names = await readdir(tables);
    if (names.length === 0)
        throw new Error('it is empty');
    if (names.length > limits.cache.maxTables)
        throw new Error(`it holds ${names.length} files`);
    const verified = new Map();
    for (const name of names) {
        const file = join(tables, name);
        const { size, isFile } = await lstat(file).then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
        if (!isFile || !TABLE_NAME.test(name))
            throw new Error(`it holds ${JSON.stringify(name)}, which no table is`);
        if (size > limits.cache.maxTableBytes)
            throw new Error(`table ${name} is larger than a table can be`);
        const text = await readFile(file, 'utf8');
        const { key } = parseTable(text, name);
        if (`${key}.json` !== name)
            throw new Error(`${name} holds the table of another key`);
        verified.set(key, text);
    }
    return verified;
}

/**
 * Key of an entry: `<prefix>-v1-<hash>`.
 * @param hash SHA-256 in hex. The service matches keys by prefix; a fixed length keeps one from being another's.
 */
function cacheKey(prefix, hash) {
    if (!/^[0-9a-f]{64}$/.test(hash))
        throw new TypeError('the hash of a cache key is a SHA-256 in lower-case hex');
    const room = limits.cache.maxKeyCharacters - hash.length - 4;
    return `${prefix.replace(/[,\s]+/g, '-').slice(0, room)}-v1-${hash}`;
}
/**
 * Fetches tables from the Actions cache into the local folder. They are unpacked into a folder of their own, verified
 * one by one, and only then moved; a table that is there already stays. A warning is all that can go wrong.
 */
async function restoreTables(options) {
    const outcome = await restoreEntry('tables', options, (folder, key) => takeTables(folder, key, options));
    reportMisfortune(options.log, `calibration tables were not restored from the Actions cache`, outcome);
    return outcome;
}
async function takeTables(folder, found, { key, directory, log }) {
    if (found !== key)
        return { kind: 'refused', reason: `the entry is that of another key, ${found}` };
    const entry = await verifyEntry(folder);
    if (!entry.ok)
        return { kind: 'refused', reason: entry.reason };
    const added = [];
    for (const [table, text] of entry.tables) {
        const file = join(directory, `${table}.json`);
        if (existsSync(file))
            continue;
        await writeFileAtomic(file, text);
        added.push(file);
    }
    log.debug(`restored ${added.length} of ${entry.tables.size} tables from ${key}`);
    return { kind: 'hit', added, tables: [...entry.tables.keys()] };
}
/**
 * Saves tables under a key that has no entry yet.
 * @param files tables in the local folder; one that does not verify is not saved.
 */
async function saveTables(options) {
    const { files, log } = options;
    if (files.length === 0)
        return { kind: 'nothing' };
    const outcome = await saveEntry('tables', options, async (folder) => {
        for (const file of files.slice(0, limits.cache.maxTables)) {
            const text = await readFile(file, 'utf8');
            await writeFile(join(folder, `${parseTable(text, file).key}.json`), text);
        }
    });
    reportMisfortune(log, `calibration tables were not saved to the Actions cache`, outcome);
    return outcome.kind === 'saved' ? { kind: 'saved', tables: files.length } : outcome;
}

/** Where the result of this very run belongs: its pull request, or on a push and in a merge queue its commit alone. */
function destinationOf({ repository, pullRequest, headSha }) {
    return { repository, headSha, ...(pullRequest !== undefined && { pullRequest: pullRequest.number }) };
}

/** The defaults of action.yml: the runner fills them in, anything else that starts the action need not. */
const INPUT_DEFAULTS = {
    [INPUT.config]: '',
    [INPUT.workingDirectory]: '.',
    [INPUT.outputDir]: 'precision-gate-report',
    [INPUT.executionProvider]: '',
    [INPUT.precisions]: '',
    [INPUT.shard]: '',
    [INPUT.merge]: '',
    [INPUT.timeoutMinutes]: '0',
    [INPUT.failOn]: 'error',
    // The workflow's own token is an expression that only the runner can fill in.
    [INPUT.githubToken]: '',
    [INPUT.comment]: 'always',
    [INPUT.reportId]: DEFAULT_REPORT_ID,
    [INPUT.annotations]: 'true',
    [INPUT.maxAnnotations]: '10',
    [INPUT.jobSummary]: 'true',
    [INPUT.checkName]: '',
    [INPUT.baseline]: 'auto',
    [INPUT.baselineArtifact]: '',
    [INPUT.cache]: 'true',
    [INPUT.cacheDir]: '',
    [INPUT.cacheKeyPrefix]: 'precision-gate',
    [INPUT.runtimePath]: '',
    [INPUT.runtimeRegistry]: '',
    [INPUT.dryRun]: 'false'
};
const PROVIDERS = ['auto', 'cpu', 'webgpu', 'cuda', 'tensorrt'];
/** A timer of Node.js runs at most 2^31 ms: 24.8 days. */
const MAX_MINUTES = 35_791;
/**
 * Reads the inputs of action.yml from the step's environment.
 * @throws ConfigurationError with every input that is wrong: what was given and what is allowed
 */
function readInputs(env) {
    const read = new InputReader(env, INPUT_DEFAULTS);
    const config = read.optional(INPUT.config);
    const provider = read.optionalChoice(INPUT.executionProvider, PROVIDERS);
    const precisions = read.choices(INPUT.precisions, PRECISIONS);
    const cacheDir = read.optional(INPUT.cacheDir);
    const runtimePath = read.optional(INPUT.runtimePath);
    const runtimeRegistry = registry(read);
    const publish = readPublishSettings(read);
    const shard = shardOf(read);
    const merge = read.optional(INPUT.merge);
    if (shard !== undefined && merge !== undefined)
        read.refuse(INPUT.merge, merge, `to be given beside ${INPUT.shard}`);
    const inputs = {
        ...(config !== undefined && { config }),
        workingDirectory: read.optional(INPUT.workingDirectory) ?? '.',
        outputDir: read.optional(INPUT.outputDir) ?? INPUT_DEFAULTS[INPUT.outputDir],
        ...(provider !== undefined && { provider }),
        ...(precisions !== undefined && { precisions }),
        ...(shard !== undefined && { shard }),
        ...(merge !== undefined && { merge }),
        timeoutMinutes: read.number(INPUT.timeoutMinutes, { min: 0, max: MAX_MINUTES, whole: false }),
        failOn: read.choice(INPUT.failOn, FAIL_ON),
        baseline: baseline(read),
        baselineArtifact: read.optional(INPUT.baselineArtifact) ?? artifactName(publish.reportId),
        cache: read.boolean(INPUT.cache),
        ...(cacheDir !== undefined && { cacheDir }),
        cacheKeyPrefix: keyPrefix(read),
        ...(runtimePath !== undefined && { runtimePath }),
        ...(runtimeRegistry !== undefined && { runtimeRegistry }),
        publish: shard === undefined ? { ...publish, annotations: read.boolean(INPUT.annotations) } : silent(publish),
        warnings: unknownInputs(env, Object.keys(INPUT_DEFAULTS))
    };
    read.finish();
    return inputs;
}
/** `AUTO` and `Off` are no paths that anybody means. */
function baseline(read) {
    const text = read.text(INPUT.baseline);
    const word = text.toLowerCase();
    if (word === 'auto' || word === '')
        return { kind: 'auto' };
    return word === 'off' || word === 'false' ? { kind: 'off' } : { kind: 'path', path: text };
}
/** The service takes no commas; this is checked here, since its own message names no input. */
function keyPrefix(read) {
    const text = read.text(INPUT.cacheKeyPrefix);
    const good = /^[^,\s\p{Cc}]{1,100}$/u.test(text);
    if (!good)
        read.refuse(INPUT.cacheKeyPrefix, text, 'a name of 1 to 100 characters without commas and spaces');
    return text;
}
/** As the command line reads it. */
function shardOf(read) {
    const text = read.optional(INPUT.shard);
    if (text === undefined)
        return undefined;
    const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
    if (Number(index) >= 1 && Number(index) <= Number(count))
        return text;
    read.refuse(INPUT.shard, text, 'i/n with i from 1 to n, such as 1/4');
    return undefined;
}
/** A part of a test set is nothing to report: its comment would stand where the verdict belongs. */
function silent(publish) {
    const { token, reportId, maxAnnotations, dryRun } = publish;
    return { token, reportId, maxAnnotations, dryRun, comment: 'off', jobSummary: false, annotations: false };
}
/** Its address may carry a password: it is not repeated in the message. */
function registry(read) {
    const text = read.optional(INPUT.runtimeRegistry);
    if (text === undefined || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)))
        return text;
    read.refuse(INPUT.runtimeRegistry, '***', 'an http or https address, such as https://npm.example.org/repository/npm');
    return undefined;
}

const CONFIGS = ['precision-gate.yml', '.github/precision-gate.yml'];
/** What a run writes. One that an earlier run left, or a pull request brought, must not pass for this one's. */
const { result, samples, shard, markdown, junit } = REPORT_FILE;
const REPORTS = [result, samples, shard, markdown, junit];
/**
 * Finds the config and prepares the report folder.
 * @param env `GITHUB_WORKSPACE`
 * @throws ConfigurationError where a place is missing, or leads out of the workspace
 */
async function findPlaces(inputs, env) {
    const given = env.GITHUB_WORKSPACE || process.cwd();
    const workspace = await realpath(given).catch(() => {
        throw problem(`GITHUB_WORKSPACE ${given} does not exist`, 'check out the repository before this step');
    });
    const workingDirectory = await existing(INPUT.workingDirectory, resolve(workspace, inputs.workingDirectory), workspace);
    // Shards hold the limits of their config.
    const config = inputs.merge === undefined ? await findConfig(inputs.config, workingDirectory, workspace) : '';
    return {
        workspace,
        workingDirectory,
        outputDirectory: await prepareOutput(resolve(workingDirectory, inputs.outputDir), workspace),
        config
    };
}
async function findConfig(named, folder, workspace) {
    const name = named ?? CONFIGS.find((candidate) => existsSync(join(folder, candidate)));
    if (name === undefined) {
        throw problem(`there is no config: looked for ${CONFIGS.join(' and ')} in ${folder}`, 'name it with the input config, or write one with "precision-gate init MODEL.onnx"; and check out the repository before this step');
    }
    const file = await existing(INPUT.config, resolve(folder, name), workspace);
    if (!(await stat(file)).isFile())
        throw problem(`input ${INPUT.config}: ${name} is no file`);
    return relative(folder, resolve(folder, name)) || '.';
}
async function prepareOutput(folder, workspace) {
    // The text first: making a folder outside would be too late to refuse.
    if (!isInside(workspace, folder))
        throw outside(INPUT.outputDir, folder, workspace);
    let parent = folder;
    while (!existsSync(parent))
        parent = resolve(parent, '..');
    if (!isInside(workspace, await realpath(parent)))
        throw outside(INPUT.outputDir, folder, workspace);
    await mkdir(folder, { recursive: true }).catch(() => {
        throw problem(`input ${INPUT.outputDir}: the folder ${folder} cannot be made`);
    });
    const real = await realpath(folder);
    for (const name of REPORTS)
        await rm(join(real, name), { recursive: true, force: true });
    return real;
}
/**
 * A path of an input that may not lead out of the workspace, symbolic links resolved.
 * @returns its real path
 */
async function existing(input, path, workspace) {
    const real = await realpath(path).catch(() => {
        throw problem(`input ${input}: ${path} does not exist`);
    });
    if (!isInside(workspace, real))
        throw outside(input, real, workspace);
    return real;
}
function outside(input, path, workspace) {
    return problem(`input ${input}: ${path} lies outside the workspace ${workspace}`);
}
function problem(message, hint) {
    return new ConfigurationError([{ message }], hint);
}

/**
 * Finds the earlier result that the input `baseline` means, and puts it into a folder.
 * @param folder empty; for what is fetched
 * @returns what `run --baseline` takes; undefined where there is none, which the log has said
 * @throws ConfigurationError where a path leads out of the workspace
 */
async function findBaseline(step, folder) {
    const { baseline } = step.inputs;
    switch (baseline.kind) {
        case 'off':
            return undefined;
        case 'path':
            return existing(INPUT.baseline, resolve(step.places.workingDirectory, baseline.path), step.places.workspace);
        case 'auto': {
            const branch = step.context.baseRef;
            if (branch === undefined) {
                step.log.info('baseline: this run belongs to no branch; there is none');
                return undefined;
            }
            await mkdir(folder, { recursive: true });
            if (await fromCache(step, branch, folder))
                return folder;
            if (await fromArtifact(step, branch, folder))
                return folder;
            step.log.info(`baseline: ${branch} has no result yet; its next push leaves the first one`);
            return undefined;
        }
    }
}
/** Keeps this run's result as the last one of its branch. */
async function saveAsBaseline(step, result) {
    const { context, inputs, env, log, places } = step;
    const branch = context.baseRef;
    // A run without a verdict is nothing to compare with.
    if (!step.savesCaches || branch === undefined || result.conclusion === 'error')
        return;
    const folder = places.outputDirectory;
    const outcome = await saveBaseline({
        ...identityOf(step, branch),
        key: baselineKey(keyOf(step, branch), runOf(step)),
        env,
        log,
        result: join(folder, REPORT_FILE.result),
        ...(result.samples === REPORT_FILE.samples && { samples: join(folder, REPORT_FILE.samples) })
    });
    if (outcome.kind === 'saved')
        log.info(`baseline: this result is now the last one of ${branch} (${inputs.publish.reportId})`);
}
async function fromCache(step, branch, directory) {
    if (!step.inputs.cache)
        return false;
    const { env, log } = step;
    const key = keyOf(step, branch);
    const outcome = await restoreBaseline({
        ...identityOf(step, branch),
        key: baselineKey(key, runOf(step)),
        prefix: baselinePrefix(key),
        env,
        log,
        directory
    });
    if (outcome.kind === 'hit')
        log.info(`baseline: the last result of ${branch}, from the Actions cache (${outcome.key})`);
    return outcome.kind === 'hit';
}
async function fromArtifact(step, branch, directory) {
    const { context, inputs, log } = step;
    const { token } = inputs.publish;
    if (token === '' || context.repository.owner === '')
        return false;
    const { baseSha } = context;
    const outcome = await downloadBaseline(clientFor({ token, context, log }), {
        repository: context.repository,
        branch,
        ...(baseSha !== undefined && { baseSha }),
        name: inputs.baselineArtifact,
        wanted: (name) => basename(name) === REPORT_FILE.result || basename(name) === REPORT_FILE.samples
    });
    if (outcome.kind !== 'found') {
        // Most workflows keep no artifact or do not let it be read: that is a choice and no fault.
        log.info(`baseline: no artifact: ${outcome.reason}`);
        return false;
    }
    try {
        await writeReport(outcome.files, directory);
    }
    catch (error) {
        log.info(`baseline: artifact ${outcome.artifact.name} is not taken: ${messageOf(error)}`);
        return false;
    }
    log.info(`baseline: the last result of ${branch}, from artifact ${outcome.artifact.name}`);
    return true;
}
/** Of the results in an artifact the uppermost one, with its samples. */
async function writeReport(files, directory) {
    const depth = (name) => name.split('/').length;
    const [name] = [...files.keys()]
        .filter((file) => basename(file) === REPORT_FILE.result)
        .sort((a, b) => depth(a) - depth(b));
    if (name === undefined)
        throw new Error(`it holds no ${REPORT_FILE.result}`);
    const text = Buffer.from(files.get(name)).toString();
    parseResult(text);
    const samples = files.get(dirname(name) === '.' ? REPORT_FILE.samples : `${dirname(name)}/${REPORT_FILE.samples}`);
    await writeFileAtomic(join(directory, REPORT_FILE.result), text);
    if (samples !== undefined)
        await writeFileAtomic(join(directory, REPORT_FILE.samples), samples);
}
function identityOf({ inputs }, branch) {
    return { reportId: inputs.publish.reportId, branch };
}
function keyOf(step, branch) {
    return { prefix: step.inputs.cacheKeyPrefix, ...identityOf(step, branch) };
}
function runOf({ context }) {
    return { id: context.runId, attempt: context.runAttempt };
}

/** Lines that are kept for a report. */
const KEPT_LINES = 60;
/** The runner gives a cancelled step 7.5 s before it gets rougher. */
const GRACE_MS = 5_000;
/** Something that the child has started may hold its pipes open after its end. */
const DRAIN_MS = 3_000;
/** Runs a script of ours in another Node.js and waits for its end. Never throws. */
function runChild(options) {
    const { args, cwd, env, signal, timeoutMs, graceMs = GRACE_MS } = options;
    const log = [];
    const child = spawn(process.execPath, [...args], {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
        // A group of its own, so that it ends with all that it has started.
        detached: process.platform !== 'win32'
    });
    for (const stream of [child.stdout, child.stderr]) {
        const output = createChildOutput((line) => {
            log.push(line.replace(/\n$/, ''));
            if (log.length > KEPT_LINES)
                log.shift();
            options.write(line);
        });
        stream.on('data', (chunk) => output.push(chunk)).on('close', () => output.end());
    }
    return new Promise((resolve) => {
        let reason;
        const timers = [];
        const stop = (why, name) => {
            reason ??= why;
            kill(child, name);
            timers.push(setTimeout(() => kill(child, 'SIGKILL'), graceMs));
        };
        const abort = () => stop('cancelled', signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
        if (timeoutMs !== undefined)
            timers.push(setTimeout(() => stop('timeout', 'SIGTERM'), timeoutMs));
        signal.addEventListener('abort', abort);
        if (signal.aborted)
            abort();
        const finish = (end) => {
            timers.forEach(clearTimeout);
            signal.removeEventListener('abort', abort);
            resolve({ end, log });
        };
        child.on('error', ({ message }) => finish({ kind: 'not-started', reason: message }));
        child.on('exit', () => {
            timers.push(setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), DRAIN_MS));
        });
        child.on('close', (code, name) => finish(reason === undefined ? endOf(code, name) : { kind: reason }));
    });
}
function endOf(code, signal) {
    return signal === null ? { kind: 'exit', code: code ?? -1 } : { kind: 'signal', signal };
}
function kill(child, signal) {
    if (child.pid === undefined)
        return;
    // Windows knows no signals, and ends a process without its children.
    if (process.platform === 'win32') {
        execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined);
        return;
    }
    try {
        process.kill(-child.pid, signal);
    }
    catch {
        // It ended by itself a moment ago.
    }
}

const HASH = /^[0-9a-f]{64}$/;
const indexSchema = strictObject({ version: literal(1), tables: array(string().regex(HASH)).min(1).max(256) });
/**
 * Which tables of the local folder belong to a cache key, so that a run that has them all asks no network. Beside the
 * tables, in a folder of its own; whoever finds no such file asks the Actions cache.
 */
function indexFile(directory, hash) {
    return join(directory, 'index', `${hash}.json`);
}
/** Whether the local folder holds every table of the key, whole. */
async function hasTables(directory, hash) {
    try {
        const { tables } = indexSchema.parse(JSON.parse(await readFile(indexFile(directory, hash), 'utf8')));
        for (const key of tables) {
            const file = tableFile(directory, key);
            if (file === undefined || parseTable(await readFile(file, 'utf8'), file).key !== key)
                return false;
        }
        return true;
    }
    catch {
        // Absent or damaged: the next place is asked.
        return false;
    }
}
/** Throws where the folder cannot be written. */
async function rememberTables(directory, hash, tables) {
    const index = indexSchema.parse({ version: 1, tables: [...tables].sort() });
    await writeFileAtomic(indexFile(directory, hash), `${JSON.stringify(index)}\n`);
}
/** @returns undefined for a key that is none: it comes from a file that the model's process wrote. */
function tableFile(directory, key) {
    return HASH.test(key) ? join(directory, `${key}.json`) : undefined;
}

/** Reading the calibration images twice as long as this is worse than calibrating. */
const KEY_TIMEOUT_MS = 10 * 60_000;
/**
 * Makes the tables available in the local folder: they are there, or the Actions cache has them. The key is computed by
 * a process without secrets, since it reads the model and the config of a pull request.
 *
 * @returns undefined where nothing is calibrated, or the config is wrong, which the gate itself says better
 */
async function restoreCalibration(step) {
    const { inputs, log, env, cacheDirectory, gateArguments, places } = step;
    const { end, log: said } = await runChild({
        args: [step.cli, 'cache-key', ...gateArguments],
        cwd: places.workingDirectory,
        env: step.childEnvironment,
        timeoutMs: KEY_TIMEOUT_MS,
        signal: step.signal,
        write: () => undefined
    });
    const hash = said.find((line) => /^[0-9a-f]{64}$/.test(line));
    if (end.kind !== 'exit' || end.code !== 0) {
        log.debug(`no cache key: ${said.join('\n')}`);
        return undefined;
    }
    if (hash === undefined)
        return undefined;
    const key = cacheKey(inputs.cacheKeyPrefix, hash);
    if (await hasTables(cacheDirectory, hash)) {
        log.info(`calibration tables: all in ${cacheDirectory}`);
        return { key, hash, state: 'local' };
    }
    const outcome = await restoreTables({ key, env, log, directory: cacheDirectory });
    switch (outcome.kind) {
        case 'hit':
            log.info(`calibration tables: ${outcome.tables.length} in the Actions cache, key ${key}`);
            return { key, hash, state: 'restored' };
        case 'miss':
            log.info(`calibration tables: not in the Actions cache yet, key ${key}`);
            return { key, hash, state: 'miss' };
        default:
            return { key, hash, state: 'unavailable' };
    }
}
/** Notes in the local folder which tables belong to the key, so that the next run there asks no network. */
async function rememberCalibration(step, { hash, state }, result) {
    const { keys, files } = tablesOf(step, result);
    if (state === 'local' || files.length === 0)
        return;
    await rememberTables(step.cacheDirectory, hash, keys).catch((error) => step.log.debug(messageOf(error)));
}
/** Saves the tables that the result names in the Actions cache, where nobody has done so. */
async function saveCalibration(step, { key, state }, result) {
    const { log, env } = step;
    const { files } = tablesOf(step, result);
    if (state !== 'miss' || files.length === 0)
        return;
    const outcome = await saveTables({ key, env, log, files });
    if (outcome.kind === 'saved')
        log.info(`calibration tables: ${outcome.tables} saved in the Actions cache, key ${key}`);
    if (outcome.kind === 'exists')
        log.info(`calibration tables: another run has saved them meanwhile, key ${key}`);
}
/** The tables of a result with their files in the local folder; none where one is missing: it would be so for good. */
function tablesOf({ cacheDirectory }, result) {
    const keys = [...new Set(calibrationsOf(result).map(({ key }) => key))];
    const files = keys.flatMap((key) => tableFile(cacheDirectory, key) ?? []).filter((file) => existsSync(file));
    return files.length < keys.length || failedInt8(result) ? { keys: [], files: [] } : { keys, files };
}
/** Whether every table came from a cache, and there was one. */
function cacheHit(result) {
    const calibrations = calibrationsOf(result);
    return calibrations.length > 0 && calibrations.every(({ source }) => source === 'cache');
}
function calibrationsOf({ variants }) {
    return Object.values(variants).flatMap(({ calibration }) => calibration ?? []);
}
/** It may have failed before it had a table. */
function failedInt8({ variants }) {
    return Object.values(variants).some(({ precision, calibration, error }) => precision === 'int8' && error !== undefined && calibration === undefined);
}

/**
 * What the process that loads the model may see of the step's environment. A list of what is let through: whatever is
 * new in a runner, or set by a workflow for another step, stays out unless it is named here.
 */
const NAMES = new Set([
    // Programs, home, temporary files, language
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'TMPDIR',
    'TMP',
    'TEMP',
    'LANG',
    'LANGUAGE',
    'TZ',
    'CI',
    'NO_COLOR',
    'FORCE_COLOR',
    // What the runner says of the machine
    'GITHUB_ACTIONS',
    'GITHUB_WORKSPACE',
    'RUNNER_TEMP',
    'RUNNER_TOOL_CACHE',
    'RUNNER_OS',
    'RUNNER_ARCH',
    'RUNNER_DEBUG',
    // The network, should anything need it
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'NODE_EXTRA_CA_CERTS',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'NPM_CONFIG_REGISTRY',
    // Libraries and devices
    'LD_LIBRARY_PATH',
    'DYLD_LIBRARY_PATH',
    'DISPLAY',
    // Windows does not start a program without these
    'SYSTEMROOT',
    'SYSTEMDRIVE',
    'WINDIR',
    'COMSPEC',
    'PATHEXT',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
    'PROGRAMDATA',
    'PROGRAMFILES',
    'PROGRAMFILES(X86)',
    'PROGRAMW6432',
    'COMMONPROGRAMFILES',
    'HOMEDRIVE',
    'HOMEPATH',
    'NUMBER_OF_PROCESSORS',
    'OS'
]);
/** Families of settings: locale, GPU, ONNX Runtime, threads, Vulkan; and what is meant for the gate. */
const FAMILIES = /^(?:LC_|XDG_|CUDA_|CUDNN_|NVIDIA_|NV_|TENSORRT_|TRT_|ORT_|OMP_|KMP_|MKL_|VK_|MESA_|PROCESSOR_|PRECISION_GATE_)/;
/** A member of a family can be a secret all the same: NVIDIA_API_KEY is one. */
const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|SIGNATURE|(?:^|_)(?:KEY|AUTH|PAT|PWD)(?:_|$)|APIKEY/;
/** A proxy or a registry with a user and a password in its address. */
const ADDRESS_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*@/i;
/**
 * The environment of a child that runs what a pull request brought: no token, no input, no file of commands, nothing that
 * looks like a secret. Names are compared without regard to case, since Windows has none and npm and curl have lower case.
 * @param added settings of ours, which win
 */
function childEnvironment(env, added = {}) {
    const passed = Object.entries(env).filter(([name, value]) => value !== undefined && passes(name, value));
    const settings = Object.entries(added).filter(([, value]) => value !== undefined);
    return Object.fromEntries([...passed, ...settings]);
}
function passes(name, value) {
    const upper = name.toUpperCase();
    if (!NAMES.has(upper) && !FAMILIES.test(upper))
        return false;
    return !SECRET.test(upper) && !ADDRESS_WITH_PASSWORD.test(value);
}

/** The conclusions that an exit code may stand for; docs/cli.md. */
const CONCLUSIONS = {
    [ExitCode.pass]: ['success', 'inconclusive'],
    [ExitCode.limitBroken]: ['failure'],
    [ExitCode.runtime]: ['error'],
    [ExitCode.inconclusive]: ['inconclusive']
};
/**
 * Reads what the child left and believes neither it nor the exit code alone: a verdict is what both say. Whatever does
 * not fit together is no verdict, and no pass.
 */
async function judgeChild({ end, log }, outputDirectory) {
    const read = await readResult(join(outputDirectory, REPORT_FILE.result));
    const result = 'result' in read ? read.result : undefined;
    const none = (reason, exitCode = ExitCode.runtime) => ({
        finding: { kind: 'none', reason, log },
        ...(result !== undefined && { result }),
        exitCode
    });
    if (end.kind !== 'exit')
        return none(describeEnd(end));
    const { code } = end;
    if (code === ExitCode.usage)
        return none(complaintIn(log) ?? 'The config or the usage is wrong.', ExitCode.usage);
    const expected = Object.hasOwn(CONCLUSIONS, code) ? CONCLUSIONS[code] : undefined;
    if (expected === undefined)
        return none(`The gate crashed: it ended with exit code ${exitCodeText(code)}.`);
    if (result === undefined) {
        const why = 'problem' in read ? `its result.json is not valid: ${read.problem}` : 'it left no result.json';
        if (code === ExitCode.runtime && 'missing' in read)
            return none(complaintIn(log) ?? 'The runtime or a file failed.');
        return none(`The gate ended with exit code ${code}, and ${why}.`);
    }
    if (!expected.includes(result.conclusion)) {
        return none(`The gate contradicts itself: exit code ${code}, and conclusion "${result.conclusion}" in result.json.`);
    }
    return { finding: { kind: 'result', result }, result, exitCode: code };
}
function describeEnd(end) {
    switch (end.kind) {
        case 'signal':
            return `The native runtime crashed: the gate's process was killed by ${end.signal}${SIGNALS[end.signal] ?? ''}.`;
        case 'timeout':
            return 'The gate was ended: it ran longer than timeout-minutes allows.';
        case 'cancelled':
            return 'The gate was cancelled.';
        case 'not-started':
            return `The gate's process did not start: ${end.reason}.`;
    }
}
const SIGNALS = {
    SIGABRT: ' (it aborted)',
    SIGSEGV: ' (invalid memory access)',
    SIGBUS: ' (invalid memory access)',
    SIGILL: ' (an instruction that this processor does not have)',
    SIGFPE: ' (arithmetic error)',
    SIGKILL: ' (often the system, for lack of memory)'
};
/** Windows reports a crash as an NTSTATUS, which people know in hexadecimal. */
function exitCodeText(code) {
    return code > 255 || code < 0 ? `0x${(code >>> 0).toString(16).toUpperCase()}` : String(code);
}
/** The message that the command line ended with: its last `error:` and what follows it. */
function complaintIn(log) {
    const start = log.findLastIndex((line) => line.startsWith('error: '));
    return start === -1 ? undefined : log.slice(start).join('\n').slice('error: '.length);
}
async function readResult(file) {
    try {
        // The child may have put a link there: what is read has to be its own file.
        const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
        try {
            const facts = await handle.stat();
            if (!facts.isFile())
                return { problem: 'it is no plain file' };
            if (facts.size > limits.baseline.maxResultBytes)
                return { problem: `it is larger than a result can be` };
            return { result: parseResult(await handle.readFile('utf8')) };
        }
        finally {
            await handle.close();
        }
    }
    catch (error) {
        return error.code === 'ENOENT' ? { missing: true } : { problem: messageOf(error) };
    }
}

/**
 * Makes ONNX Runtime and the image decoder available, from the tool cache or the registry. Done here and not by the gate,
 * so that the process that loads the model needs neither the network nor a registry's password; nothing native is loaded.
 * @throws GateError where a part cannot be had
 */
async function setUpNativeParts({ inputs, places, write, log, debug, signal }) {
    const stream = new Writable({
        write: (chunk, _, done) => {
            write(safeLog(chunk.toString()));
            done();
        }
    });
    const { onnxruntime, sharp } = await provideRuntime({
        ...createConsole({ stream, isTerminal: false, color: false, width: 120 }, { debug, signal }),
        from: places.workingDirectory,
        signal,
        ...(inputs.runtimePath !== undefined && { runtimePath: runtimePath(inputs.runtimePath, places) }),
        ...(inputs.runtimeRegistry !== undefined && { registry: inputs.runtimeRegistry })
    });
    for (const [name, { version, path, source }] of Object.entries({ onnxruntime, sharp })) {
        log.info(`${name} ${version}, ${WHERE[source]}: ${path}`);
    }
}
/** A relative one is meant from the working directory, as all paths of the inputs. */
function runtimePath(path, { workingDirectory }) {
    return resolve(workingDirectory, path);
}
const WHERE = {
    'runtime-path': 'from runtime-path',
    project: "from the project's node_modules",
    program: 'from the action',
    'tool-cache': 'from the tool cache'
};

/**
 * The report folders of shards: each a folder in the one that the input `merge` names.
 * @throws ConfigurationError where it is not there, leads out of the workspace, or holds no folder.
 */
async function findShards(folder, { workingDirectory, workspace }) {
    const place = await existing(INPUT.merge, resolve(workingDirectory, folder), workspace);
    const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
    const shards = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(place, name));
    if (shards.length > 0)
        return shards.sort();
    throw new ConfigurationError([{ message: `input ${INPUT.merge}: ${folder} holds no folder` }], 'download the artifact of each shard into a folder of its own there (actions/download-artifact without merge-multiple)');
}

/**
 * Set-up -> caches -> the gate in a process of its own -> its result -> caches.
 * @throws GateError where the gate could not be started at all
 */
async function measure(options) {
    const { inputs, log, write, env, signal, places } = options;
    const debug = env.RUNNER_DEBUG === '1';
    if (inputs.merge === undefined) {
        await log.grouped('Set up ONNX Runtime', () => setUpNativeParts({ inputs, places, write, log, debug, signal }));
    }
    return withTemporaryFolder(async (folder) => {
        const step = stepOf(options, debug, folder);
        const shards = inputs.merge === undefined ? undefined : await findShards(inputs.merge, places);
        const { tables, baseline } = await log.grouped('Calibration tables and baseline', async () => ({
            tables: inputs.cache && shards === undefined ? await restoreCalibration(step) : undefined,
            baseline: inputs.shard === undefined ? await findBaseline(step, join(folder, 'baseline')) : undefined
        }));
        const args = shards === undefined
            ? ['run', ...gateOptions(step, baseline)]
            : ['merge', ...mergeOptions(step, baseline, shards)];
        const child = await log.grouped('Gate', () => runChild({
            args: [step.cli, ...args],
            cwd: places.workingDirectory,
            env: step.childEnvironment,
            timeoutMs: inputs.timeoutMinutes === 0 ? undefined : inputs.timeoutMinutes * 60_000,
            signal,
            write
        }));
        const outcome = await judgeChild(child, places.outputDirectory);
        const { finding } = outcome;
        if (finding.kind === 'result' && !signal.aborted) {
            if (tables !== undefined)
                await rememberCalibration(step, tables, finding.result);
            if (step.savesCaches) {
                await log.grouped('Save caches', async () => {
                    if (tables !== undefined)
                        await saveCalibration(step, tables, finding.result);
                    if (inputs.shard === undefined)
                        await saveAsBaseline(step, finding.result);
                });
            }
        }
        return { outcome, ...(tables !== undefined && { cacheKey: tables.key }) };
    }, env.RUNNER_TEMP || undefined);
}
/** Events whose runs belong to a branch: what they leave in the Actions cache, others may find. */
const BRANCH_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch']);
function stepOf({ inputs, context, places, env, program, signal, log }, debug, temporary) {
    const onBranch = BRANCH_EVENTS.has(context.eventName) && context.ref.startsWith('refs/heads/');
    return {
        inputs,
        context,
        places,
        env,
        signal,
        log,
        cli: join(program, 'cli.js'),
        childEnvironment: childEnvironment(env, {
            // Models of a gate that crashed are removed with the folder; a self-hosted machine keeps what lies elsewhere.
            TMPDIR: temporary,
            TMP: temporary,
            TEMP: temporary,
            // Of a pull request its head, where the runner's own variables name the merge commit.
            PRECISION_GATE_COMMIT: context.headSha,
            PRECISION_GATE_REF: context.pullRequest?.headRef ?? context.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
            PRECISION_GATE_RUN_URL: context.runUrl,
            ...(debug && { PRECISION_GATE_DEBUG: '1' })
        }),
        gateArguments: [
            ...['-c', places.config, '--workspace', places.workspace],
            ...(inputs.precisions === undefined ? [] : ['--precision', inputs.precisions.join(',')]),
            ...(inputs.runtimePath === undefined ? [] : ['--runtime-path', runtimePath(inputs.runtimePath, places)])
        ],
        cacheDirectory: inputs.cacheDir === undefined ? defaultCacheDirectory(env) : resolve(places.workingDirectory, inputs.cacheDir),
        savesCaches: onBranch && inputs.cache && !inputs.publish.dryRun
    };
}
function gateOptions(step, baseline) {
    const { gateArguments, cacheDirectory, inputs } = step;
    return [
        ...gateArguments,
        ...['--cache-dir', cacheDirectory],
        ...(inputs.provider === undefined ? [] : ['--provider', inputs.provider]),
        ...(inputs.shard === undefined ? [] : ['--shard', inputs.shard]),
        ...reportOptions(step, baseline)
    ];
}
function mergeOptions(step, baseline, shards) {
    return [...shards, ...reportOptions(step, baseline)];
}
function reportOptions({ places }, baseline) {
    return [
        ...['-o', places.outputDirectory],
        ...(baseline === undefined ? [] : ['--baseline', baseline]),
        ...['-r', 'terminal', '-r', 'markdown', '-r', 'junit']
    ];
}

/** All outputs of action.yml; what there is nothing to say of is left out, and reads as an empty text. */
function outputsOf(facts) {
    const { result, judged, passed, outputDirectory, cacheKey, published } = facts;
    return {
        [OUTPUT.conclusion]: judged && result !== undefined ? result.conclusion : 'error',
        [OUTPUT.passed]: passed,
        [OUTPUT.cacheHit]: result !== undefined && cacheHit(result),
        ...(result !== undefined && figures(result)),
        ...(outputDirectory !== undefined && {
            [OUTPUT.reportPath]: ifThere(join(outputDirectory, REPORT_FILE.result)),
            [OUTPUT.summaryFile]: ifThere(join(outputDirectory, REPORT_FILE.markdown))
        }),
        ...(cacheKey !== undefined && { [OUTPUT.cacheKey]: cacheKey }),
        ...(published.commentId !== undefined && { [OUTPUT.commentId]: published.commentId }),
        ...(published.checkUrl !== undefined && { [OUTPUT.checkUrl]: published.checkUrl })
    };
}
function ifThere(file) {
    return existsSync(file) ? file : undefined;
}
function figures({ variants, layers, environment }) {
    const reference = Object.hasOwn(variants, REFERENCE_VARIANT) ? variants[REFERENCE_VARIANT] : undefined;
    const metric = Object.keys(reference?.metrics ?? {}).at(0);
    const outputs = { [OUTPUT.runtimeVersion]: environment.onnxruntime };
    if (reference === undefined || metric === undefined)
        return outputs;
    const fp32 = reference.metrics[metric];
    const fp16 = worst(variants, 'fp16', metric);
    const int8 = worst(variants, 'int8', metric);
    const [loser, drop] = largestDrop(variants, metric);
    const layer = loser !== undefined && layers !== undefined && Object.hasOwn(layers, loser)
        ? worstFirst(layers[loser])[0]
        : undefined;
    return {
        ...outputs,
        ...(fp32 !== null && { [OUTPUT.accuracyFp32]: fp32 }),
        ...(fp16 !== undefined && { [OUTPUT.accuracyFp16]: fp16 }),
        ...(int8 !== undefined && { [OUTPUT.accuracyInt8]: int8 }),
        ...(drop !== undefined && { [OUTPUT.accuracyDrop]: Number(drop.toFixed(6)) }),
        ...(layer !== undefined && { [OUTPUT.worstLayer]: layer.name })
    };
}
function worst(variants, precision, metric) {
    const values = Object.values(variants)
        .filter((variant) => variant.precision === precision && variant.error === undefined)
        .flatMap(({ metrics }) => metrics[metric] ?? []);
    return values.length === 0 ? undefined : Math.min(...values);
}
function largestDrop(variants, metric) {
    const drops = Object.entries(variants).flatMap(([name, { drop }]) => {
        const points = Object.hasOwn(drop, metric) ? drop[metric].points : null;
        return points === null ? [] : [[name, points]];
    });
    return drops.sort(([, a], [, b]) => b - a)[0] ?? [];
}

/**
 * The action: inputs -> places -> measure -> publish -> outputs -> exit code. The gate's verdict alone decides; what GitHub
 * refuses or does not answer is a line in the log.
 * @returns 0, or what the command line would end with: 1 a limit is broken, 2 config or usage, 3 no verdict, 4 inconclusive
 */
async function runAction(options) {
    const { write, shown } = watchErrors(options.write);
    const fail = (message, exitCode) => {
        if (!shown())
            write(formatCommand('error', message, { title: 'precision-gate' }));
        return exitCode;
    };
    try {
        const { exitCode, message } = await run({ ...options, write });
        return message === undefined ? exitCode : fail(message, exitCode);
    }
    catch (error) {
        if (error instanceof GateError)
            return fail(explain(error), error.exitCode);
        return fail(`${messageOf(error)}. This is a bug in precision-gate, please report it`, ExitCode.runtime);
    }
}
async function run({ env, write, program, signal, publish }) {
    const inputs = readInputs(env);
    const { token } = inputs.publish;
    if (token !== '')
        maskSecret(token, write);
    const log = createLog(write);
    const context = await readContext(env);
    for (const warning of [...inputs.warnings, ...context.warnings])
        log.warning(warning);
    const { places, measured } = await attempt({ inputs, context, env, write, program, signal, log });
    if (signal.aborted)
        return { exitCode: ExitCode.interrupted, message: 'the run was cancelled' };
    const { outcome, cacheKey } = measured;
    const { finding, result } = outcome;
    log.info(finding.kind === 'none' ? finding.reason : `${finding.result.conclusion}: ${finding.result.reasons.join('; ')}`);
    const published = await publish({
        finding,
        settings: inputs.publish,
        context,
        destination: destinationOf(context),
        env,
        log,
        write
    });
    const status = statusOf(outcome, inputs.failOn);
    const outputs = outputsOf({
        result,
        judged: finding.kind === 'result',
        passed: status.exitCode === ExitCode.pass && inputs.shard === undefined,
        outputDirectory: places?.outputDirectory,
        cacheKey,
        published
    });
    const written = await writeOutputs(env, outputs);
    if (written.kind === 'skipped')
        log.warning(`there are no outputs: ${written.reason}`);
    return status;
}
/** What is wrong with the workspace or the machine is a finding too: the pull request is told. */
async function attempt(options) {
    let places;
    try {
        places = await findPlaces(options.inputs, options.env);
        return { places, measured: await measure({ ...options, places }) };
    }
    catch (error) {
        if (!(error instanceof GateError))
            throw error;
        const finding = { kind: 'none', reason: explain(error), log: [] };
        const measured = { outcome: { finding, exitCode: error.exitCode } };
        return places === undefined ? { measured } : { places, measured };
    }
}

const cancelled = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => cancelled.abort(signal));
const exitCode = await runAction({
    env: process.env,
    write: (text) => process.stdout.write(text),
    program: dirname(fileURLToPath(import.meta.url)),
    signal: cancelled.signal,
    publish
});
// Connections that are kept alive would keep Node.js alive too; what was logged has to be out first.
process.stdout.write('', () => process.exit(exitCode));
