// The incidents of a demo, seen from the hub: which there are, which is shown, and the door to another one.

import type { ScenarioList } from '../contract/api.ts';
import { fail } from '../contract/errors.ts';
import type { Caller } from '../dispatch/request.ts';
import type { Store } from '../store/port.ts';

/** The account behind a demo, as whoever started the hub offers it. */
export interface DemoStage {
  readonly scenarios: readonly ScenarioList['scenarios'][number][];
  current(): ScenarioList['current'];
  /** Puts the account of another scenario in the place of this one; resolves when its node is connected. Throws what keeps it from starting. */
  show(name: string): Promise<void>;
}

export interface ScenarioSwitch {
  list(): ScenarioList;
  /** Throws `demo-only`, `scenario-unknown`, `scenario-busy`. */
  show(person: Caller, name: string): Promise<ScenarioList>;
}

export function createScenarioSwitch(stage: DemoStage | null, store: Store): ScenarioSwitch {
  let busy = false;

  function staged(): DemoStage {
    if (stage === null) throw fail('demo-only');
    return stage;
  }

  function list(): ScenarioList {
    const { scenarios, current } = staged();
    return { current: current(), scenarios: [...scenarios] };
  }

  return {
    list,
    async show(person, name) {
      const { scenarios, current, show } = staged();
      if (!scenarios.some((one) => one.name === name))
        throw fail('scenario-unknown', { name: name.slice(0, 64) });
      if (busy) throw fail('scenario-busy');
      busy = true;
      try {
        await store.commit(
          [],
          [
            {
              event: 'demo.switched',
              actor: { kind: 'person', id: person.id, name: person.name },
              data: { from: current().name, to: name },
            },
          ],
        );
        await show(name);
        return list();
      } finally {
        busy = false;
      }
    },
  };
}
