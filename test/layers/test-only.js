/**
 * What only tests use, each with the reason: a file, or a file and what it exports. An entry that is not
 * needed is a complaint, so the list can only shrink.
 */
export const TEST_ONLY = new Map([
  ['src/app/check-folders.ts FREE_BYTES_MIN', 'its file uses it; a test goes just below it'],
  ['src/app/operator/disk-watch.ts DiskAlert', 'a callback has it; a test collects alerts'],
  ['src/app/operator/log-keeper.ts KeptFolder', 'an argument in its file; a test builds some'],
  [
    'src/app/venue-view/public-feed.ts followFeed',
    'its unit test and the bench of books run it without an engine',
  ],
  [
    'src/app/loop/publish.ts publishFacts',
    'its file uses it; the stage of limits has a loop of its own',
  ],
  ['src/cli/doctor/rest-checks.ts judgeSkew', 'its file uses it; its judgements have a unit test'],
  ['src/config/configuration-page.ts', 'writes docs/configuration.md'],
  ['src/core/views.ts DoubtView', 'waits for the HTTP interface and the console'],
  ['src/core/views.ts doubts', 'waits for the HTTP interface and the console'],
  ['src/core/views.ts quarantined', 'waits for the HTTP interface and the console'],
  ['src/core/views.ts routes', 'waits for the HTTP interface and the console'],
  [
    'src/execution-log/trading-day.ts tradingDay',
    'its file uses it; the borders of the day have a unit test',
  ],
  [
    'src/fix/codec/frame-decoder.ts GARBLED_BYTES_MAX',
    'its file uses it; a test fills it to the limit',
  ],
  ['src/fix/dictionary/jspurefix.ts Jspurefix', 'the second opinion of jspurefix on our codec'],
  ['src/fix/dictionary/jspurefix.ts JspurefixView', 'the second opinion of jspurefix on our codec'],
  ['src/fix/dictionary/jspurefix.ts openJspurefix', 'the second opinion of jspurefix on our codec'],
  ['src/fix/log/log.ts sessionStem', 'its file uses it; what a name may hold has a unit test'],
  [
    'src/fix/session/resend.ts ReplayDecision',
    'its file uses it; a table in the test has this type',
  ],
  [
    'src/fix/session/resend.ts replayDecision',
    'its file uses it; every message type has its case in a test',
  ],
  [
    'src/journal/journal.ts CommitReport',
    'a callback has it as its argument; a test collects them',
  ],
  [
    'src/kraken/account/answerer.ts DEFAULT_ANSWERER',
    'its file uses it; tests change single limits of it',
  ],
  [
    'src/kraken/books/checksum.ts checksumText',
    'its file uses it; the published vectors show this text too',
  ],
  ['src/kraken/cl-ord-id.ts unitsOf', 'its file uses it; a test holds it against published ids'],
  [
    'src/kraken/funds/funds-service.ts Proposal',
    'commands propose with a literal; tests build proposals',
  ],
  [
    'src/kraken/history/download.ts DownloadError',
    'part of the answer of its file; a test names it',
  ],
  ['src/kraken/outcome/fix-outcome.ts', 'waits for REST as an order route, docs/adr/0021'],
  ['src/kraken/outcome/fix-reject-texts.ts', 'waits for REST as an order route, docs/adr/0021'],
  [
    'src/kraken/rate-budget.ts DERIVATIVES_BUDGET',
    'its file uses it; tests hold it against the published limits',
  ],
  [
    'src/kraken/rate-budget.ts HISTORY_BUDGET',
    'its file uses it; tests hold it against the published limits',
  ],
  [
    'src/kraken/rate-budget.ts WEBSOCKET_BUDGET',
    'its file uses it; tests hold it against the published limits',
  ],
  [
    'src/kraken/rate-budget.ts makeTokenBudget',
    'its file uses it; tests hold it against the published limits',
  ],
  ['src/kraken/rest/account/assignment-gateway.ts', 'waits for the operator console'],
  ['src/kraken/rest/account/settings-gateway.ts', 'waits for the operator console'],
  ['src/kraken/rest/account/settings-readers.ts', 'waits with the two gateways that read by it'],
  [
    'src/kraken/rest/layers/sign-layer.ts SignedParts',
    'its file uses it; tests build the parts of a vector',
  ],
  [
    'src/kraken/rest/layers/sign-layer.ts signRequest',
    'its file uses it; the published vectors and a bench sign with it',
  ],
  ['src/kraken/rest/market/charts-gateway.ts', 'waits for the charts of the operator console'],
  ['src/kraken/rest/market/market-readers.ts Analytics', 'waits with charts-gateway'],
  ['src/kraken/rest/market/market-readers.ts Candles', 'waits with charts-gateway'],
  ['src/kraken/rest/market/market-readers.ts analytics', 'waits with charts-gateway'],
  ['src/kraken/rest/market/market-readers.ts candles', 'waits with charts-gateway'],
  ['src/kraken/rest/market/market-readers.ts words', 'waits with charts-gateway'],
  [
    'src/kraken/rest/market/to-instrument.ts qtyStepOf',
    'its file uses it; negative precisions have a unit test',
  ],
  ['src/kraken/rest/raw-client.ts CallRecord', 'the argument of an observer; a test collects them'],
  [
    'src/kraken/websocket/parse/parse-frame.ts parseAnyFrame',
    'its file uses it; the quick reader is held against it',
  ],
  ['src/lib/invariant.ts InvariantError', 'tests expect it; no code catches it'],
  ['src/lib/lossless-json.ts JSON_DEPTH_MAX', 'its file uses it; a test nests to the limit'],
  [
    'src/lib/redaction/secret-fields.ts SECRET_TAGS',
    'its file uses it; tests hold every masking against it',
  ],
  ['src/observability/logger.ts silentLogger', 'parts under test get it in place of a logger'],
  [
    'src/simulator/faults/scenario.ts ScenarioSchema',
    'its file uses it; a test writes the published schema from it',
  ],
  [
    'src/simulator/gateways/fix/trading/trading-gateway.ts FixKey',
    'its file uses it; clients of tests log on with one',
  ],
  [
    'src/simulator/gateways/rest/gate.ts isSigned',
    'its file uses it; holds the signature of our client against the vectors',
  ],
  [
    'src/simulator/gateways/rest/gate.ts sign',
    'its file uses it; holds the signature of our client against the vectors',
  ],
  [
    'src/simulator/gateways/websocket/connection/feed-connection.ts signedChallenge',
    'its file uses it; holds the signature of our client against the vectors',
  ],
  [
    'src/simulator/gateways/websocket/private/private-feeds.ts PRIVATE_FEEDS',
    'its file uses it; the page of feeds is held against it',
  ],
  [
    'src/simulator/gateways/websocket/public/public-feeds.ts PRODUCT_FEEDS',
    'its file uses it; the page of feeds is held against it',
  ],
  ['src/upstream/fix/fields/check-fields.ts CLIENT_MESSAGES', 'writes docs/client-messages.md'],
]);
