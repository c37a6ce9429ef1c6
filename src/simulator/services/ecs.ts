// The ECS operations that are simulated.

import { stopTask, updateService } from './ecs-changes.ts';
import {
  describeCapacityProviders,
  describeClusters,
  describeContainerInstances,
  listClusters,
  listContainerInstances,
} from './ecs-clusters.ts';
import { registerTaskDefinition } from './ecs-definition-changes.ts';
import { executeCommand } from './ecs-exec.ts';
import {
  stopServiceDeployment,
  updateContainerInstancesState,
  updateTaskProtection,
} from './ecs-host-changes.ts';
import { createService, deleteService } from './ecs-service-life.ts';
import {
  describeServiceDeployments,
  describeServiceRevisions,
  describeServices,
  listServiceDeployments,
  listServices,
} from './ecs-services.ts';
import { getTaskProtection, listAccountSettings, listAttributes } from './ecs-settings.ts';
import {
  describeTaskDefinition,
  describeTasks,
  listTaskDefinitionFamilies,
  listTaskDefinitions,
  listTasks,
} from './ecs-tasks.ts';
import type { HandlerTable } from './handler.ts';

export const ecsHandlers: HandlerTable = {
  ListClusters: listClusters,
  DescribeClusters: describeClusters,
  ListServices: listServices,
  DescribeServices: describeServices,
  ListTasks: listTasks,
  DescribeTasks: describeTasks,
  ListTaskDefinitions: listTaskDefinitions,
  ListTaskDefinitionFamilies: listTaskDefinitionFamilies,
  DescribeTaskDefinition: describeTaskDefinition,
  ListContainerInstances: listContainerInstances,
  DescribeContainerInstances: describeContainerInstances,
  DescribeCapacityProviders: describeCapacityProviders,
  ListServiceDeployments: listServiceDeployments,
  DescribeServiceDeployments: describeServiceDeployments,
  DescribeServiceRevisions: describeServiceRevisions,
  ListAttributes: listAttributes,
  ListAccountSettings: listAccountSettings,
  GetTaskProtection: getTaskProtection,
  CreateService: createService,
  DeleteService: deleteService,
  UpdateService: updateService,
  ExecuteCommand: executeCommand,
  StopTask: stopTask,
  RegisterTaskDefinition: registerTaskDefinition,
  UpdateContainerInstancesState: updateContainerInstancesState,
  UpdateTaskProtection: updateTaskProtection,
  StopServiceDeployment: stopServiceDeployment,
};
