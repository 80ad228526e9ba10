/** Firmware of many: the images there are, and the rollouts that bring them to charge points. */
import { Tabs } from '@mantine/core';
import { firmware } from '../texts/firmware.ts';
import { useWords } from '../texts/words.ts';
import { Page } from '../ui/page.tsx';
import { useParam } from '../ui/use-param.ts';
import { Images } from './firmware/images.tsx';
import { Rollouts } from './firmware/rollouts.tsx';

const tabs = ['rollouts', 'images'] as const;

export default function Firmware() {
  const w = useWords(firmware);
  const [given, setTab] = useParam('tab');
  const tab = tabs.find((each) => each === given) ?? 'rollouts';
  return (
    <Page title={w.title}>
      <Tabs value={tab} onChange={(next) => setTab(next === 'rollouts' ? '' : (next ?? ''))} keepMounted={false}>
        <Tabs.List mb="md" className="tabs">
          {tabs.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {w[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rollouts">
          <Rollouts />
        </Tabs.Panel>
        <Tabs.Panel value="images">
          <Images />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
