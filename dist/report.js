import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { F as FileError, G as GateError, e as explain, m as messageOf, C as ConfigurationError, E as ExitCode } from './errors.js';
import { c as readPublishSettings, I as InputReader, b as INPUT, u as unknownInputs, F as FAIL_ON, d as artifactName, x as downloadArtifact, n as maskSecret, o as readContext, j as clientFor, v as publish, w as writeOutputs, O as OUTPUT, y as contentOf, t as createLog, z as resolvePullRequest, A as readPullRequest, B as runUrl, p as statusOf } from './publish.js';
import 'node:fs';
import './release.js';
import 'node:crypto';
import './operators.js';
import { a as parseResult, R as REPORT_FILE } from './suggest.js';
import 'node:child_process';
import 'node:url';
import 'node:string_decoder';
import './index2.js';
import 'node:zlib';
import { e as exitCodeOf } from './conclusion.js';
import { D as DEFAULT_REPORT_ID, f as formatCommand } from './annotations.js';
import 'node:util';
import 'fs';
import 'zlib';
import 'util';
import 'stream';
import 'events';
import './files.js';
import './protocol.js';
import './version.js';
import 'node:stream/promises';
import 'node:worker_threads';
import './save.js';
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

/** The defaults of report/action.yml. */
const REPORT_INPUT_DEFAULTS = {
    [INPUT.artifact]: '',
    [INPUT.githubToken]: '',
    [INPUT.prNumber]: '',
    [INPUT.comment]: 'always',
    [INPUT.reportId]: DEFAULT_REPORT_ID,
    [INPUT.jobSummary]: 'true',
    [INPUT.checkName]: '',
    [INPUT.maxAnnotations]: '10',
    [INPUT.failOn]: 'never',
    [INPUT.dryRun]: 'false'
};
/**
 * The inputs of report/action.yml.
 * @throws ConfigurationError with every input that is wrong: what was given and what is allowed
 */
function readReportInputs(env) {
    const read = new InputReader(env, REPORT_INPUT_DEFAULTS);
    const publish = readPublishSettings(read);
    const number = read.optional(INPUT.prNumber) === undefined
        ? undefined
        : read.number(INPUT.prNumber, { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true });
    const inputs = {
        settings: {
            ...publish,
            annotations: publish.checkName !== undefined,
            // A command would place a remark on a line of the default branch, which this run is on.
            annotationCommands: false
        },
        artifact: read.optional(INPUT.artifact) ?? artifactName(publish.reportId),
        ...(number !== undefined && { pullRequest: number }),
        failOn: read.choice(INPUT.failOn, FAIL_ON),
        warnings: unknownInputs(env, Object.keys(REPORT_INPUT_DEFAULTS))
    };
    read.finish();
    return inputs;
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
    const log = createLog(write);
    const context = await readContext(env);
    for (const warning of [...inputs.warnings, ...context.warnings])
        log.warning(warning);
    const { workflowRun: run, repository } = context;
    if (run === undefined) {
        throw new ConfigurationError([{ message: `this action reports another run, and ${context.eventName || 'this event'} names none` }], 'use it in a workflow that starts on workflow_run (docs/forks.md)');
    }
    const client = clientFor({ token, context, log, clientOptions });
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
        const file = join(folder, REPORT_FILE.markdown);
        await writeFile(file, summary);
        return file;
    }
    catch (error) {
        log.warning(`no summary-file: ${messageOf(error)}`);
        return undefined;
    }
}
function passes(finding) {
    return exitCodeFor(finding) === ExitCode.pass;
}
function exitCodeFor(finding) {
    return finding.kind === 'none'
        ? ExitCode.runtime
        : exitCodeOf(finding.result, finding.result.onInconclusive ?? 'warn');
}
/** As in the gate, but that `never` is a wish for every case: the measuring step has failed already. */
function failsStep(finding, failOn) {
    if (failOn === 'never')
        return false;
    return statusOf({ finding, exitCode: exitCodeFor(finding) }, failOn).exitCode !== ExitCode.pass;
}

process.exitCode = await report({ env: process.env, write: (text) => process.stdout.write(text) });
