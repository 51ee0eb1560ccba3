/** Fathom as a library: start an engine from a configuration, submit, cancel, listen. */
export { startEngine, StartError, type StartOptions } from './app/start-engine.ts';
export { type AccountSnapshot } from './app/venue-view/account-snapshot.ts';
export { type Ack, type Engine, type LibraryCancel, type LibraryOrder } from './app/engine.ts';
export { type EngineEvents } from './app/loop/publish.ts';
export { NotOpenError, type UntilOpenOptions } from './app/until-open.ts';
export { type ClientCancelReject, type ClientExecutionReport } from './core/effect.ts';
export { type OrdType, type Side, type TimeInForce, type TriggerSignal } from './domain/order.ts';
export { type SessionView } from './fix/session/model/session-types.ts';
