// Faults of request rates: something else in the account calls an API so often that ECS gets no request through.

import { hasInterface } from '../accounts/fleet-plan.ts';
import type { Fault } from './fault.ts';
import { deployAgain } from './people.ts';
import { roleWith } from './requests.ts';

const ACTION = 'ec2:CreateNetworkInterface';

export const callerFaults: readonly Fault[] = [
  {
    name: 'interfaces-made-in-a-loop',
    class: 'api-throttling',
    about: 'a program in the account makes network interfaces in a loop without a pause',
    fits: hasInterface,
    touchesOthers: true,
    mendable: false,
    inject: (site) => {
      const session = site.random.pick(['network-controller', 'eni-allocator', 'ip-warmer']);
      const role = roleWith(site, `${session}-role`, {
        trusted: 'lambda.amazonaws.com',
        statements: [{ Effect: 'Allow', Action: [ACTION, 'ec2:DeleteNetworkInterface'], Resource: '*' }],
      });
      site.account.state.cloudtrail.callers.push({
        role: role.Arn,
        session,
        action: ACTION,
        perSecond: site.random.int(12, 40),
      });
      deployAgain(site);
      return [session, role.RoleName, role.Arn];
    },
  },
];
