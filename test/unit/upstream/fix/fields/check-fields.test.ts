import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type FixMessage } from '../../../../../src/fix/codec/fix-message.ts';
import { decodeOne, frameOf, HEADER } from '../../../fix/codec/support.ts';
import {
  CLIENT_MESSAGES,
  refusedFields,
} from '../../../../../src/upstream/fix/fields/check-fields.ts';
import { HEADER_RULES } from '../../../../../src/upstream/fix/fields/request-rules.ts';
import {
  CLIENT_MESSAGES_PAGE,
  clientDictionary,
  formattedClientMessagesPage,
} from '../../../../support/write-client-messages-page.ts';

const DICTIONARY = clientDictionary();
const message = (msgType: string, body: string): FixMessage =>
  decodeOne(frameOf(`35=${msgType}|${HEADER}${body}`), DICTIONARY);
const ORDER = '11=A|55=FI_XBTUSD_261225|54=1|38=1|40=2|44=100|59=1|60=20261130-00:00:00|';

const order = (more: string): FixMessage => message('D', ORDER + more);

describe('fields of a client’s message', () => {
  for (const { msgType, rules } of CLIENT_MESSAGES) {
    if (rules === undefined) continue;
    it(`of ${msgType} are each decided, under the dictionary’s name, and none besides`, () => {
      const fields = DICTIONARY.messages.get(msgType)?.fields ?? new Map<number, boolean>();
      expect([...rules.keys()].sort((a, b) => a - b)).to.deep.equal(
        [...fields.keys()].sort((a, b) => a - b),
      );
      for (const { tag, name } of rules.values()) {
        expect(DICTIONARY.fields.get(tag)?.name, String(tag)).to.equal(name);
      }
    });
  }

  it('of the header are each decided', () => {
    const tags = [...DICTIONARY.header.fields.keys(), ...DICTIONARY.trailer.fields.keys()];
    for (const tag of tags) {
      expect(HEADER_RULES.get(tag)?.name, String(tag)).to.equal(DICTIONARY.fields.get(tag)?.name);
    }
  });

  it('of an order are refused by name when it asks for what is not done', () => {
    for (const [field, name] of [
      ['111=1', 'MaxFloor(111)=1'],
      ['210=1', 'MaxShow(210)=1'],
      ['110=1', 'MinQty(110)=1'],
      ['126=20261130-22:00:00', 'ExpireTime(126)=20261130-22:00:00'],
      ['432=20261130', 'ExpireDate(432)=20261130'],
      ['168=20261130-22:00:00', 'EffectiveTime(168)=20261130-22:00:00'],
      ['423=1', 'PriceType(423)=1'],
      ['854=1', 'QtyType(854)=1'],
      ['152=1000', 'CashOrderQty(152)=1000'],
      ['77=C', 'PositionEffect(77)=C'],
      ['15=EUR', 'Currency(15)=EUR'],
      ['100=XCME', 'ExDestination(100)=XCME'],
      ['21=3', 'HandlInst(21)=3'],
      ['20001=REST', 'RouteName(20001)=REST'],
      ['847=1', 'TargetStrategy(847)=1'],
      ['211=-1', 'PegOffsetValue(211)=-1'],
      ['65=WI', 'SymbolSfx(65)=WI'],
      ['48=PF_XBTUSD', 'SecurityID(48)=PF_XBTUSD'],
      ['200=202703', 'MaturityMonthYear(200)=202703'],
      ['541=20270326', 'MaturityDate(541)=20270326'],
      ['453=1|448=LCH|447=D|452=4', 'NoPartyIDs(453)=1'],
      ['7928=cancel-newest', 'tag 7928=cancel-newest'],
    ] as const) {
      expect(refusedFields(order(`${field}|`))?.text, field).to.match(
        new RegExp(`^${name.replaceAll(/[()\-]/g, '\\$&')}: .`),
      );
    }
  });

  it('of an order are taken when they say what happens anyway, or nothing', () => {
    for (const field of [
      '21=1|',
      '21=2|',
      '20001=FIX|',
      '63=0|',
      '114=N|',
      '48=FI_XBTUSD_261225|22=8|',
      '200=202612|541=20261225|',
      '453=1|448=ann|447=D|452=11|',
      '1=fund-7|526=S1|58=hello|583=L1|',
      '167=FUT|461=FFCCSX|207=XXXX|107=Bitcoin|',
    ]) {
      expect(refusedFields(order(field)), field).to.equal(undefined);
    }
  });

  it('are all named in one answer, and a crowd of them is counted', () => {
    const text = refusedFields(order('15=EUR|110=1|111=1|'))?.text ?? '';
    expect(text).to.match(/^Currency\(15\)=EUR: .*; MinQty\(110\)=1: .*; MaxFloor\(111\)=1: /);
    const crowd = '12=1|13=1|15=E|77=C|100=X|110=1|111=1|120=E|126=20261130-22:00:00|152=1|';
    expect(refusedFields(order(crowd))?.text).to.match(/; and 2 more$/);
  });

  it('of a mass cancel are refused where they narrow it, and taken where they describe it', () => {
    const mass = (more: string): FixMessage =>
      message('q', `11=M|530=1|55=PF_XBTUSD|60=20261130-00:00:00|${more}`);
    for (const field of ['336=1|', '526=S|', '311=X|', '48=PF_ETHUSD|', '9000=1|']) {
      expect(refusedFields(mass(field)), field).to.not.equal(undefined);
    }
    for (const field of ['54=1|', '1=A|', '48=PF_XBTUSD|', '167=FUT|', '58=end of day|', '']) {
      expect(refusedFields(mass(field)), field).to.equal(undefined);
    }
  });

  it('have a page that is what dictionary and rules say (npm run docs:client-messages)', async () => {
    const page = await formattedClientMessagesPage();
    expect(readFileSync(CLIENT_MESSAGES_PAGE, 'utf8')).to.equal(page);
    for (const { msgType } of CLIENT_MESSAGES) {
      const definition = DICTIONARY.messages.get(msgType);
      const section = page.slice(page.indexOf(`(35=${msgType})`)).split('\n## ')[0] ?? '';
      for (const tag of definition?.fields.keys() ?? []) {
        expect(section, `${msgType} ${tag}`).to.match(new RegExp(`^\\| ${tag} +\\|`, 'm'));
      }
    }
  });
});
