import { expect } from 'chai';
import { type FixDictionary } from '../../../../src/fix/dictionary/dictionary.ts';
import { SESSION_REJECT_TEXT } from '../../../../src/fix/dictionary/session-reject-reason.ts';
import {
  TOLERANT_VALIDATION,
  validateMessage,
  VALIDATION_OPTIONS,
  type ValidationOptions,
} from '../../../../src/fix/validation/validate.ts';
import { type FixMessage } from '../../../../src/fix/codec/fix-message.ts';
import { decodeOne, fathom, frameOf, HEADER, kraken, stock42, stock44 } from '../codec/support.ts';

const ORDER = '11=id|21=3|40=1|54=1|55=MSFT|60=20261122-12:00:00|';
const STRICT: ValidationOptions = { ...VALIDATION_OPTIONS, allowUnknownUserDefined: false };

/** `373 371` of the rejection, or `ok`. */
const verdict = (
  body: string,
  options: Partial<ValidationOptions> = {},
  dictionary: FixDictionary = stock44,
): string => {
  const message = decodeOne(frameOf(body), dictionary);
  const rejection = validateMessage(dictionary, message, { ...STRICT, ...options });
  if (rejection === undefined) return 'ok';
  expect(rejection.text).to.equal(SESSION_REJECT_TEXT[rejection.sessionRejectReason]);
  return `${rejection.sessionRejectReason} ${rejection.refTagID ?? '-'}`;
};

describe('validation (FIX 4.4 session test cases 14a to 14i, 15, 21)', () => {
  it('14a: a tag that the dictionary does not have', () => {
    expect(verdict(`35=0|${HEADER}999=HI|`)).to.equal('0 999');
    expect(verdict(`35=0|${HEADER}0=HI|`)).to.equal('0 0');
    expect(verdict(`35=0|${HEADER}-1=HI|`)).to.equal('0 -1');
    expect(verdict(`35=0|${HEADER}5000=HI|`)).to.equal('0 5000');
    expect(verdict(`35=0|${HEADER}5000=HI|`, { allowUnknownUserDefined: true })).to.equal('ok');
    expect(verdict(`35=0|${HEADER}999=HI|`, { allowUnknownUserDefined: true })).to.equal('0 999');
    expect(verdict(`35=0|${HEADER}999=HI|`, { allowUnknownFields: true })).to.equal('ok');
    expect(verdict(`35=0|${HEADER}0=HI|`, { allowUnknownFields: true })).to.equal('0 0');
  });

  it('14b: a required tag is missing, in the header, the body, or an entry of a group', () => {
    expect(verdict('35=0|34=2|49=TW|52=20261122-12:00:00|')).to.equal('1 56');
    expect(verdict(`35=D|${HEADER}${ORDER.replace('55=MSFT|', '')}`)).to.equal('1 55');
    expect(verdict(`35=X|${HEADER}262=1|55=A|268=1|279=0|269=0|`, {}, kraken)).to.equal('1 278');
    expect(verdict(`35=V|${HEADER}262=1|263=1|264=0|146=1|55=A|`, {}, kraken)).to.equal('1 267');
  });

  it('14c: a tag that the message does not have', () => {
    expect(verdict(`35=0|${HEADER}55=MSFT|`)).to.equal('2 55');
    expect(verdict(`35=0|${HEADER}55=MSFT|`, { allowUnknownFields: true })).to.equal('ok');
    expect(verdict(`35=0|${HEADER}5050=1|`, {}, kraken)).to.equal('2 5050');
    expect(verdict(`35=0|${HEADER}5050=1|`, { allowUnknownUserDefined: true }, kraken)).to.equal(
      'ok',
    );
  });

  it('14d: a tag without a value', () => {
    expect(verdict('35=0|34=2|49=TW|52=20261122-12:00:00|56=|')).to.equal('4 56');
    expect(verdict(`35=D|${HEADER}${ORDER}58=|`)).to.equal('4 58');
    expect(verdict(`35=D|${HEADER}${ORDER}58=|`, { validateHasValues: false })).to.equal('ok');
  });

  it('14e: a value outside the list', () => {
    expect(verdict(`35=D|${HEADER}${ORDER.replace('21=3', '21=4')}`)).to.equal('5 21');
    expect(verdict(`35=D|${HEADER}${ORDER}167=BOO|`)).to.equal('5 167');
    expect(verdict(`35=D|${HEADER}${ORDER}167=CS|`)).to.equal('ok');
    expect(verdict(`35=D|${HEADER}${ORDER}167=BOO|`, { allowUnknownEnums: true })).to.equal('ok');
    expect(verdict(`35=D|${HEADER}${ORDER}18=1 G|`)).to.equal('ok');
    expect(verdict(`35=D|${HEADER}${ORDER}18=1 ?|`)).to.equal('5 18');
    expect(verdict(`35=D|${HEADER}${ORDER}18=1  G|`)).to.equal('5 18');
  });

  it('14f: a value in a wrong format', () => {
    for (const [field, expected] of [
      ['38=+200.00', '6 38'],
      ['38=1e3', '6 38'],
      ['38=1.2.3', '6 38'],
      ['38=.', '6 38'],
      ['38=-', '6 38'],
      ['38=abc', '6 38'],
      ['38=002000.00', 'ok'],
      ['38=.5', 'ok'],
      ['38=5.', 'ok'],
      ['38=-5', 'ok'],
      ['126=20040415', '6 126'],
      ['126=20040415-25:00:00', '6 126'],
      ['126=20041315-12:00:00', '6 126'],
      ['126=20040415 12:00:00', '6 126'],
      ['126=20040415-12:00:00.', '6 126'],
      ['126=20040415-12:00:00.1234567890', '6 126'],
      ['126=20040415-12:00:00.123456', 'ok'],
      ['126=20040415-23:59:60', 'ok'],
      ['432=20040431', 'ok'],
      ['432=2004-04-3', '6 432'],
      ['432=20040432', '6 432'],
      ['200=200404', 'ok'],
      ['200=20040415', 'ok'],
      ['200=200404w5', 'ok'],
      ['200=200404w6', '6 200'],
      ['200=200413', '6 200'],
      ['114=Y', 'ok'],
      ['114=1', '6 114'],
      ['114=YES', '6 114'],
      ['77=O', 'ok'],
      ['77=OO', '6 77'],
      ['210=-1', 'ok'],
      ['384=1', '2 384'],
    ] as const) {
      expect(verdict(`35=D|${HEADER}${ORDER}${field}|`), field).to.equal(expected);
    }
    expect(
      verdict(`35=W|${HEADER}262=1|55=A|268=1|269=0|278=B|270=1|271=1|273=12:00|`, {}, kraken),
    ).to.equal('6 273');
    expect(verdict(`35=2|${HEADER}7=-1|16=0|`)).to.equal('6 7');
  });

  it('14g: header, body and trailer out of order', () => {
    expect(verdict(`35=D|${ORDER}${HEADER}`)).to.equal('14 34');
    expect(verdict(`35=D|55=MSFT|${HEADER}${ORDER.replace('55=MSFT|', '')}`)).to.equal('14 34');
    expect(
      verdict(`35=D|55=MSFT|${HEADER}${ORDER.replace('55=MSFT|', '')}`, { validateOrder: false }),
    ).to.equal('ok');
    expect(verdict(`35=0|${HEADER}93=1|89=x|112=id|`)).to.equal('14 112');
    expect(verdict(`35=0|${HEADER}112=id|93=1|89=x|`)).to.equal('ok');
  });

  it('14h: a tag twice, in the message or in one entry', () => {
    expect(verdict(`35=D|${HEADER}${ORDER}40=2|`)).to.equal('13 40');
    expect(verdict(`35=0|34=2|34=2|49=TW|52=20261122-12:00:00|56=ISLD|`)).to.equal('13 34');
    expect(verdict(`35=D|${HEADER}${ORDER}78=1|79=a|80=1|80=2|`)).to.equal('13 80');
    expect(verdict(`35=D|${HEADER}${ORDER}78=2|79=a|80=1|79=b|80=2|`)).to.equal('ok');
  });

  it('14i: a count that is not the number of entries, at any depth', () => {
    expect(verdict(`35=D|${HEADER}${ORDER}386=3|336=PRE|336=AFT|`)).to.equal('16 386');
    expect(verdict(`35=D|${HEADER}${ORDER}386=1|336=PRE|336=AFT|`)).to.equal('16 386');
    expect(verdict(`35=D|${HEADER}${ORDER}386=1|`)).to.equal('16 386');
    expect(verdict(`35=D|${HEADER}${ORDER}386=x|336=PRE|`)).to.equal('6 386');
    expect(verdict(`35=D|${HEADER}${ORDER}453=1|448=a|447=D|452=1|802=2|523=x|803=1|`)).to.equal(
      '16 802',
    );
    expect(verdict(`35=D|${HEADER}${ORDER}453=1|448=a|447=D|452=1|802=1|523=x|803=1|`)).to.equal(
      'ok',
    );
  });

  it('15: members of a group out of order, or an entry that starts with another', () => {
    expect(verdict(`35=D|${HEADER}${ORDER}386=1|625=x|336=PRE|`)).to.equal('15 625');
    expect(verdict(`35=D|${HEADER}${ORDER}453=1|448=a|452=1|447=D|`)).to.equal('15 447');
    expect(
      verdict(`35=D|${HEADER}${ORDER}453=1|448=a|452=1|447=D|`, { validateGroupOrder: false }),
    ).to.equal('ok');
  });

  it('15: header and body fields in any order of their own', () => {
    expect(
      verdict(
        '35=D|49=TW|34=3|56=ISLD|52=20261122-12:00:00|40=1|55=M|60=20261122-12:00:00|54=1|21=3|11=id|',
      ),
    ).to.equal('ok');
  });

  it('21: a count of 0', () => {
    expect(verdict(`35=d|${HEADER}320=J|322=1|323=6|454=0|`)).to.equal('ok');
  });

  it('2q: a MsgType that the dictionary does not have', () => {
    expect(verdict(`35=*|${HEADER}`)).to.equal('11 -');
  });

  it('finds the order wrong before anything else, and missing tags before wrong values', () => {
    expect(verdict(`35=*|11=x|${HEADER}`)).to.equal('14 34');
    expect(verdict(`35=D|${HEADER}${ORDER.replace('55=MSFT|', '')}38=abc|`)).to.equal('1 55');
  });
});

describe('validation: dialects', () => {
  it('tolerates what a venue may add, and still sees what is broken', () => {
    const report = `35=8|${HEADER}11=a|17=e|37=o|150=Z|39=0|40=2|54=1|55=PF|14=0|151=1|6=0|`;
    expect(verdict(report, {}, kraken)).to.equal('5 150');
    expect(verdict(`${report}103=5|7777=x|`, TOLERANT_VALIDATION, kraken)).to.equal('ok');
    expect(verdict(report.replace('151=1', '151=x'), TOLERANT_VALIDATION, kraken)).to.equal(
      '6 151',
    );
    expect(verdict(report.replace('37=o|', ''), TOLERANT_VALIDATION, kraken)).to.equal('1 37');
    const list = `35=y|${HEADER}320=a|322=b|560=0|146=1|55=PF|5022=1|562=1|5010=1|5011=1|2349=1|5032=1|5999=new|`;
    expect(verdict(list, TOLERANT_VALIDATION, kraken)).to.equal('ok');
    expect(verdict(list, {}, kraken)).to.match(/^(?:15 562|0 5999)$/);
  });

  it('lets a client order by, with the venue types', () => {
    const order = `35=D|${HEADER}1=acc|11=a|18=P s|38=1|40=T|44=10|54=1|55=PF_XBTUSD|59=1|60=20261122-12:00:00|99=9|`;
    expect(verdict(order, {}, fathom)).to.equal('ok');
    expect(verdict(order.replace('38=1|', ''), {}, fathom)).to.equal('1 38');
    expect(
      verdict(`35=F|${HEADER}11=b|37=o|54=1|55=PF|60=20261122-12:00:00|`, {}, fathom),
    ).to.equal('ok');
  });

  it('knows FIX 4.2, and its days of a month', () => {
    const order = `35=D|${HEADER}11=a|21=1|55=M|54=1|60=20261122-12:00:00|40=1|`;
    for (const [day, expected] of [
      ['1', 'ok'],
      ['31', 'ok'],
      ['32', '6 205'],
      ['0', '6 205'],
      ['001', '6 205'],
    ]) {
      expect(verdict(`${order}205=${day ?? ''}|`, {}, stock42), day).to.equal(expected);
    }
  });

  it('accepts messages of a decoder only', () => {
    expect(() => validateMessage(kraken, {} as FixMessage)).to.throw('only a decoded message');
  });
});
