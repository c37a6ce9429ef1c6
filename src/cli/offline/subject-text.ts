// What people read about a task, a host, a schedule or a task definition family: the verdict first, then the subject in its own numbers.

import type { DiagnoseContainerInstanceOutput } from '../../../tools/diagnose/diagnose-container-instance.ts';
import type { DiagnoseFamilyOutput } from '../../../tools/diagnose/diagnose-family.ts';
import type { DiagnoseScheduleOutput } from '../../../tools/diagnose/diagnose-schedule.ts';
import type { DiagnoseTaskOutput } from '../../../tools/diagnose/diagnose-task.ts';
import { oneLine, type Terminal } from '../terminal/terminal.ts';
import type { Answer } from './diagnoses.ts';
import { findingsLines, label, type Material, readLine, timelineLines } from './diagnosis-text.ts';

const TASKS_SHOWN = 5;

/** The lines for one task: whose it is, the findings, how it ended, container by container. */
export function taskDiagnosisLines(
  terminal: Terminal,
  { output }: Answer<DiagnoseTaskOutput>,
  material: Material,
): string[] {
  const { task, findings, timeline, stats } = output;
  const whose =
    task.service === null
      ? `belongs to no service (group ${task.group ?? 'not set'}) in ${task.cluster}.`
      : `belongs to ${task.service} in ${task.cluster}.`;
  const stop =
    task.stopCode === null && task.stoppedReason === null
      ? ''
      : `, ${task.stopCode ?? 'no stop code'}: "${task.stoppedReason ?? ''}"`;
  return [
    oneLine(`Task ${task.id} ${whose}`),
    '',
    ...findingsLines(terminal, findings, material),
    ...timelineLines(terminal, timeline),
    label(terminal, 'Task', `${task.revision}, ${task.lastStatus}${stop}`),
    ...task.containers.map((one, index) =>
      label(
        terminal,
        index === 0 ? 'Containers' : '',
        `${one.name}: exit code ${one.exitCode ?? 'none'}${one.reason === null ? '' : `, "${one.reason}"`}${one.first ? ' (failed first)' : ''}`,
      ),
    ),
    readLine(terminal, stats),
  ];
}

/** The lines for one host. */
export function hostLines(
  terminal: Terminal,
  { output }: Answer<DiagnoseContainerInstanceOutput>,
  material: Material,
): string[] {
  const { host, findings, tasks, failedTasks, stats } = output;
  const room = host.resources.map((one) => `${one.remaining} of ${one.registered} ${one.name} left`);
  return [
    ...findingsLines(terminal, findings, material),
    label(
      terminal,
      'Host',
      `${host.instance ?? host.id} in ${host.cluster}: ${host.status}, agent ${host.agentConnected === true ? 'connected' : 'not connected'}${host.agentVersion === null ? '' : ` (${host.agentVersion})`}, machine ${host.machine ?? 'unknown'}${host.instanceType === null ? '' : ` (${host.instanceType})`}`,
    ),
    ...(room.length === 0 ? [] : [label(terminal, 'Resources', room.join(', '))]),
    label(terminal, 'Tasks', `${tasks.length} on it, ${failedTasks} of them failed`),
    ...tasks
      .filter(({ reason }) => reason !== null)
      .slice(0, TASKS_SHOWN)
      .map((one) => label(terminal, '', `${one.id} (${one.group ?? 'no group'}): "${one.reason ?? ''}"`)),
    readLine(terminal, stats),
  ];
}

/** The lines for a scheduled rule: the findings, the rule with its targets, what became of its requests. */
export function ruleLines(
  terminal: Terminal,
  { output }: Answer<DiagnoseScheduleOutput>,
  material: Material,
): string[] {
  const { rule, findings, timeline, stats } = output;
  return [
    ...findingsLines(terminal, findings, material),
    ...timelineLines(terminal, timeline),
    label(
      terminal,
      'Rule',
      `${rule.name}: ${rule.state ?? 'state unknown'}, ${rule.schedule ?? 'no schedule'}`,
    ),
    ...rule.targets.map((one, index) =>
      label(
        terminal,
        index === 0 ? 'Runs' : '',
        `${one.taskDefinition ?? 'no ECS task'} in ${one.cluster}, role ${one.role ?? 'none'}`,
      ),
    ),
    readLine(terminal, stats),
  ];
}

/** The lines for a family: the findings of what fails, then everybody who runs it. */
export function familyLines(
  terminal: Terminal,
  { output }: Answer<DiagnoseFamilyOutput>,
  material: Material,
): string[] {
  const { family, users, findings, cannotVerify, stats } = output;
  const failing = users.filter(({ failed }) => failed > 0).length;
  const head =
    users.length === 0
      ? `No task of ${family} is visible: AWS shows stopped tasks for about an hour.`
      : `${family}: ${failing} of ${users.length} that run it have failed tasks.`;
  return [
    terminal.style('bold', oneLine(head)),
    '',
    ...findingsLines(terminal, findings, material),
    ...users.map((one, index) =>
      label(
        terminal,
        index === 0 ? 'Run by' : '',
        `${one.kind === 'service' ? `service ${one.name}` : 'no service'} in ${one.cluster}: ${one.running} running, ${one.failed} failed${one.newest === null ? '' : `, the newest ${one.newest.task}: "${one.newest.reason}"`}`,
      ),
    ),
    ...cannotVerify.map((gap) =>
      label(terminal, 'Cannot verify', `${gap.what} (needs ${gap.missingAction})`),
    ),
    readLine(terminal, stats),
  ];
}
