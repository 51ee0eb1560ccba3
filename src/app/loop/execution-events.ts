import { EventEmitter } from 'node:events';
import {
  type ClientCancelReject,
  type ClientExecutionReport,
  type Effect,
} from '../../core/effect.ts';

/** What a running engine tells its host process, each after it is durable. */
export interface EngineEvents {
  readonly execution: [report: ClientExecutionReport, seq: number];
  readonly cancelReject: [report: ClientCancelReject, seq: number];
  readonly alert: [alert: Extract<Effect, { type: 'Alert' }>, seq: number];
  /**
   * New orders pass from here on, or do not any more: the trading session came up, paused for the
   * rollover, went down.
   */
  readonly trading: [isOpen: boolean];
  /** The private WebSocket feeds: true once their snapshots came, false when they are lost. */
  readonly accountFeed: [isUp: boolean];
  /** The engine can't go on: journal unwritable. Nothing leaves it any more. */
  readonly halt: [cause: Error];
}

export class EngineEmitter extends EventEmitter<EngineEvents> {}
