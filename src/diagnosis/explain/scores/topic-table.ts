// Where to look when a sentence only says what it is about. All of it is weak: it orders a search and decides nothing.

import type { CauseClass } from '../../../contract/finding.ts';
import type { SignalName } from '../signals/all-signals.ts';
import { type Score, score } from './score.ts';

const about = (topic: SignalName, points: Readonly<Partial<Record<CauseClass, number>>>): Score =>
  score(['complains', topic], points);

export const topicScores: readonly Score[] = [
  about('aboutBalancer', {
    'lb-attachment-invalid': 0.25,
    'lb-healthcheck-misconfig': 0.24,
    'lb-sg-ingress-missing': 0.22,
  }),
  about('aboutHealth', {
    'lb-healthcheck-misconfig': 0.24,
    'container-healthcheck-invalid': 0.23,
    'slow-start-grace': 0.22,
  }),
  about('aboutNames', { 'vpc-dns-misconfig': 0.28, 'dependency-unreachable': 0.16 }),
  about('aboutRollout', {
    'deployment-settings': 0.25,
    'app-config-error': 0.14,
    'insufficient-cluster-resources': 0.13,
  }),
  about('aboutHosts', {
    'agent-disconnected': 0.18,
    'instance-registration-failed': 0.17,
    'insufficient-cluster-resources': 0.16,
    'infrastructure-interruption': 0.14,
  }),
  about('aboutRoom', {
    'insufficient-cluster-resources': 0.25,
    'asg-capacity-failure': 0.2,
    'oom-killed': 0.16,
  }),
  about('aboutDefinition', { 'invalid-task-definition': 0.24, 'stale-or-wrong-reference': 0.15 }),
  about('aboutMode', {
    'network-mode-mismatch': 0.26,
    'invalid-task-definition': 0.2,
    'eni-allocation-failure': 0.18,
  }),
  about('aboutImage', { 'image-not-found': 0.24, 'exec-role-ecr-denied': 0.17, 'platform-mismatch': 0.15 }),
  about('aboutRights', {
    'task-role-denied': 0.23,
    'role-assume-failed': 0.2,
    'exec-role-secret-denied': 0.18,
  }),
  about('aboutStorage', { 'efs-access-denied': 0.22, 'efs-unreachable': 0.21, 'disk-full': 0.2 }),
  about('aboutPeer', { 'dependency-unreachable': 0.23, 'task-sg-egress-blocked': 0.15 }),
  about('aboutWay', {
    'no-egress-route': 0.23,
    'task-sg-egress-blocked': 0.22,
    'missing-vpc-endpoint': 0.18,
  }),
  about('aboutSchedule', { 'schedule-invocation-failed': 0.26 }),
  about('aboutLogs', {
    'log-pipeline-failure': 0.23,
    'log-group-missing': 0.2,
    'exec-role-logs-denied': 0.17,
  }),
  about('aboutScaling', { 'autoscaling-conflict': 0.22, 'asg-capacity-failure': 0.2 }),
  about('aboutOrder', { 'container-dependency-failed': 0.24 }),
  about('aboutCommand', { 'entrypoint-invalid': 0.24, 'app-config-error': 0.14 }),
  about('aboutEnd', { 'app-config-error': 0.2, 'oom-killed': 0.17, 'graceful-shutdown-gap': 0.16 }),
  about('aboutRuntime', { 'container-runtime-failure': 0.22, 'agent-disconnected': 0.21 }),
  about('aboutLimit', { 'fargate-quota': 0.21, 'api-throttling': 0.2 }),
  about('aboutPorts', { 'host-port-conflict': 0.2, 'lb-attachment-invalid': 0.17, 'app-bind-address': 0.16 }),
  about('aboutSettings', { 'app-config-error': 0.23 }),
];
