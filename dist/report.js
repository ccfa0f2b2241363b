import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { C as ConfigurationError, F as FileError, G as GateError, e as explain, m as messageOf } from './errors.js';
import { I as INPUT, f as formatCommand, b as safeLog, q as downloadArtifact, n as maskSecret, o as readContext, k as createClient, p as publish, w as writeOutputs, O as OUTPUT, t as contentOf, u as resolvePullRequest, v as readPullRequest, x as runUrl } from './publish.js';
import 'node:fs';
import './compatible.js';
import 'node:crypto';
import './operators.js';
import { a as parseResult } from './compare.js';
import 'node:child_process';
import 'node:url';
import 'node:string_decoder';
import { T as TOOL } from './version.js';
import { D as DEFAULT_REPORT_ID } from './annotations.js';
import 'node:util';
import './index2.js';
import 'node:zlib';
import 'fs';
import 'zlib';
import 'util';
import 'stream';
import 'events';
import './file-errors.js';
import 'node:stream/promises';
import './files.js';
import './protocol.js';
import 'node:worker_threads';
import 'node:assert';
import 'node:net';
import 'node:http';
import 'node:stream';
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

/** An input as the runner hands it on, without the spaces around it; '' where it is not set. */
function inputOf(env, name) {
    return (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}
/**
 * `true` or `false`, as YAML writes them.
 * @throws ConfigurationError for anything else.
 */
function booleanInput(env, name, fallback) {
    const text = inputOf(env, name);
    if (text === '')
        return fallback;
    if (/^(true|True|TRUE)$/.test(text))
        return true;
    if (/^(false|False|FALSE)$/.test(text))
        return false;
    throw wrong(name, text, 'give true or false');
}
/**
 * A whole number in digits.
 * @throws ConfigurationError for anything else, and outside the bounds.
 */
function integerInput(env, name, { min, max, fallback }) {
    const text = inputOf(env, name);
    if (text === '')
        return fallback;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max)
        return value;
    throw wrong(name, text, max === Infinity ? `give a whole number from ${min}` : `give a whole number, ${min} to ${max}`);
}
/**
 * One of a few words.
 * @throws ConfigurationError naming them.
 */
function choiceInput(env, name, choices, fallback) {
    const text = inputOf(env, name);
    if (text === '')
        return fallback;
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined)
        throw wrong(name, text, `choose one of ${choices.join(', ')}`);
    return chosen;
}
function wrong(name, text, advice) {
    const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
    return new ConfigurationError([{ message: `input ${name}: ${JSON.stringify(shown)} is not valid: ${advice}` }]);
}

/** GitHub takes 50 in a call, and nobody reads more. */
const MAX_ANNOTATIONS = 50;
/**
 * The inputs of report/action.yml.
 * @throws ConfigurationError naming the input that is wrong.
 */
function readReportInputs(env) {
    const reportId = inputOf(env, INPUT.reportId) || DEFAULT_REPORT_ID;
    const checkName = inputOf(env, INPUT.checkName);
    const number = integerInput(env, INPUT.prNumber, { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
    return {
        settings: {
            token: inputOf(env, INPUT.githubToken),
            comment: choiceInput(env, INPUT.comment, ['always', 'changes', 'on-failure', 'off'], 'always'),
            reportId,
            annotations: checkName !== '',
            // A command would place a remark on a line of the default branch, which this run is on.
            annotationCommands: false,
            maxAnnotations: integerInput(env, INPUT.maxAnnotations, { min: 0, max: MAX_ANNOTATIONS, fallback: 10 }),
            jobSummary: booleanInput(env, INPUT.jobSummary, true),
            ...(checkName !== '' && { checkName }),
            dryRun: booleanInput(env, INPUT.dryRun, false)
        },
        artifact: inputOf(env, INPUT.artifact) || `precision-gate-${reportId}`,
        ...(number > 0 && { pullRequest: number }),
        failOn: choiceInput(env, INPUT.failOn, ['error', 'warning', 'never'], 'never')
    };
}

/** The log of a step. Whatever a message quotes, it is no command to the runner. */
function stepLog(write) {
    return {
        debug: (message) => write(formatCommand('debug', message)),
        info: (message) => write(`${safeLog(message)}\n`),
        warning: (message) => write(formatCommand('warning', message))
    };
}

/** At the root of the artifact, or in one folder. */
const RESULT = /^(?:[^/]+\/)?result\.json$/;
/** What the measuring run found, from its artifact. A stranger may have written that: nothing in it is believed. */
async function readMeasured(client, { repository, run, name }) {
    const wanted = (file) => RESULT.test(file);
    const outcome = await downloadArtifact(client, { repository, runId: run.id, name, wanted });
    if (outcome.kind !== 'found')
        return outcome;
    const { headSha } = outcome.artifact;
    if (headSha !== undefined && headSha !== run.headSha) {
        return refused(`artifact ${name} belongs to commit ${short(headSha)}, and the run measured ${short(run.headSha)}`);
    }
    const [file, ...others] = [...outcome.files.keys()].sort((a, b) => a.split('/').length - b.split('/').length);
    if (file === undefined) {
        return { kind: 'none', reason: 'The measuring run ended without a result: its report has no result.json', log: [] };
    }
    if (file.includes('/') && others.length > 0) {
        return refused(`artifact ${name} holds several results: upload each under a name of its own`);
    }
    const result = readResult(outcome.files.get(file), `${file} of artifact ${name}`);
    if (typeof result === 'string')
        return refused(result);
    const commit = result.run?.commit;
    if (commit !== undefined && !isCommit(commit, run.headSha)) {
        return refused(`the result names commit ${short(commit)}, and the run measured ${short(run.headSha)}; set PRECISION_GATE_COMMIT ` +
            'to the head of the pull request where the command line measures');
    }
    return { kind: 'result', result };
}
function readResult(bytes, name) {
    try {
        return parseResult(new TextDecoder('utf-8', { fatal: true }).decode(bytes), name);
    }
    catch (error) {
        if (error instanceof FileError)
            return error.message;
        if (error instanceof TypeError)
            return `${name} is no text`;
        throw error;
    }
}
/** In full or, as people write it, its first digits. */
function isCommit(named, sha) {
    return named.length >= 7 && sha.toLowerCase().startsWith(named.toLowerCase());
}
function short(sha) {
    return sha.slice(0, 12);
}
function refused(reason) {
    return { kind: 'refused', reason };
}

/**
 * report/action.yml: posts the result of another run, in a workflow that may write where the measuring one may not.
 *
 * @returns the exit status of the step. 1: the inputs are wrong, the artifact is refused, or `fail-on` says so.
 */
async function report(options) {
    try {
        return await reportResult(options);
    }
    catch (error) {
        options.write(formatCommand('error', error instanceof GateError ? explain(error) : `a bug: ${messageOf(error)}`));
        return 1;
    }
}
async function reportResult({ env, write, clientOptions }) {
    const inputs = readReportInputs(env);
    const { token } = inputs.settings;
    if (token !== '')
        maskSecret(token, write);
    const log = stepLog(write);
    const context = await readContext(env);
    for (const warning of context.warnings)
        log.warning(warning);
    const { workflowRun: run, repository } = context;
    if (run === undefined) {
        throw new ConfigurationError([{ message: `this action reports another run, and ${context.eventName || 'this event'} names none` }], 'use it in a workflow that starts on workflow_run (docs/forks.md)');
    }
    const userAgent = `${TOOL.name}/${TOOL.version}`;
    const client = createClient({ token, apiUrl: context.apiUrl, userAgent, log, ...clientOptions });
    const measured = await readMeasured(client, { repository, run, name: inputs.artifact });
    switch (measured.kind) {
        case 'missing':
            log.info(`nothing to report: ${measured.reason}`);
            return 0;
        case 'failed':
            log.warning(`nothing is reported: ${measured.reason}`);
            return 0;
        case 'refused':
            write(formatCommand('error', `the artifact is refused: ${measured.reason}`));
            return 1;
    }
    const pullRequest = await findPullRequest(client, context, run, inputs, log);
    const destination = {
        repository,
        headSha: run.headSha,
        ...(pullRequest !== undefined && { pullRequest })
    };
    const { checkName, ...others } = inputs.settings;
    const settings = pullRequest === undefined ? others : inputs.settings;
    if (pullRequest === undefined && checkName !== undefined)
        log.info('no check run: there is no pull request');
    const publication = { finding: measured, settings, destination, env, log, write, context: asMeasured(context, run) };
    const published = await publish({ ...publication, ...(clientOptions !== undefined && { clientOptions }) });
    await writeOutputs(env, {
        [OUTPUT.conclusion]: measured.kind === 'result' ? measured.result.conclusion : 'error',
        [OUTPUT.passed]: passes(measured),
        [OUTPUT.commentId]: published.commentId,
        [OUTPUT.checkUrl]: published.checkUrl,
        [OUTPUT.summaryFile]: await saveSummary(env, contentOf(publication).summary, log)
    });
    return failsStep(measured, inputs.failOn) ? 1 : 0;
}
/** Links and markers name the run that measured, not this one. */
function asMeasured(context, { id, attempt, headSha }) {
    const url = runUrl(context.serverUrl, context.repository, { id, attempt });
    return { ...context, runId: id, runAttempt: attempt, runUrl: url, headSha };
}
async function findPullRequest(client, { repository }, run, { pullRequest: number }, log) {
    const resolved = number === undefined
        ? await resolvePullRequest(client, { repository, run })
        : await readPullRequest(client, { repository, number, headSha: run.headSha });
    switch (resolved.kind) {
        case 'found':
            for (const other of resolved.others)
                log.info(`pull request ${other} has the same head and gets no comment`);
            return resolved.pullRequest.number;
        case 'none':
            log.info(`no pull request: ${resolved.reason}`);
            return undefined;
        case 'failed':
            log.warning(`no pull request: ${resolved.reason}`);
            return undefined;
    }
}
async function saveSummary(env, summary, log) {
    try {
        const folder = await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), 'precision-gate-report-'));
        const file = join(folder, 'report.md');
        await writeFile(file, summary);
        return file;
    }
    catch (error) {
        log.warning(`no summary-file: ${messageOf(error)}`);
        return undefined;
    }
}
function passes(finding) {
    if (finding.kind === 'none')
        return false;
    const { conclusion, onInconclusive } = finding.result;
    return conclusion === 'success' || (conclusion === 'inconclusive' && onInconclusive !== 'fail');
}
function failsStep(finding, failOn) {
    if (failOn === 'never')
        return false;
    if (!passes(finding) || finding.kind === 'none')
        return true;
    const { conclusion, verdicts } = finding.result;
    return failOn === 'warning' && (conclusion !== 'success' || verdicts.some(({ status }) => status === 'warn'));
}

process.exitCode = await report({ env: process.env, write: (text) => process.stdout.write(text) });
