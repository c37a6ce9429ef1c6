// Faults that keep tasks from starting: what a revision names does not exist, or may not be used.

import { anywhere, type Fault } from './fault.ts';
import { deployAgain, recordChange } from './people.ts';

export const startFaults: readonly Fault[] = [
  {
    name: 'log-group-deleted',
    class: 'log-group-missing',
    about: 'somebody deleted a log group that looked unused',
    fits: anywhere,
    mendable: true,
    inject: (site) => {
      const { logGroups } = site.account.state.logs;
      const index = logGroups.findIndex((one) => one.logGroupName === site.service.logGroup);
      if (index >= 0) logGroups.splice(index, 1);
      recordChange(
        site,
        'logs:DeleteLogGroup',
        { logGroupName: site.service.logGroup },
        {
          type: 'AWS::Logs::LogGroup',
          name: site.service.logGroup,
        },
      );
      deployAgain(site);
      return [site.service.logGroup];
    },
  },
];
