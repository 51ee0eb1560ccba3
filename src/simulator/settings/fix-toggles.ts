/** Behaviour of the trading gateway that can be switched [fix 11]. */
export interface FixToggles {
  /** Real AvgPx(6) on fills instead of production's 0.0. */
  readonly realAvgPx: boolean;
  /** A second connection of a CompID pair takes over, or is turned away. */
  readonly secondLogon: 'evict-old' | 'refuse-new';
  /** A Logon with wrong credentials: Logout with Text(58), or the end of the connection. */
  readonly refusedLogon: 'logout' | 'silent-close';
  /** A clean Logout of the client cancels its orders as a drop does. */
  readonly cancelOnLogout: boolean;
  /** Reports of a client that is away take numbers and wait for its ResendRequest(2). */
  readonly queueReports: boolean;
  /** OrderCancelReplaceRequest(G): refused as in production, or working as in UAT. */
  readonly amend: 'off' | 'uat';
  /**
   * D, F, q and G that a session may send in 10 s; one more is refused by 35=j. The venue does not
   * publish its number. 0: no limit.
   */
  readonly requestsPer10sMax: number;
  /**
   * Refusals (35=3, 35=j) that a trading session may cause in a second; one more ends its
   * connection. 0: never.
   */
  readonly errorsPerSecondMax: number;
  /** BusinessMessageReject(j) names the refused message by 379, or does not. */
  readonly rejectRefID: 'send' | 'omit';
  /** Trades come late: 150=D with 378=3 goes before each 150=F. */
  readonly lateTrades: boolean;
}

export const DEFAULT_FIX_TOGGLES: FixToggles = {
  realAvgPx: false,
  secondLogon: 'evict-old',
  refusedLogon: 'logout',
  cancelOnLogout: false,
  queueReports: true,
  amend: 'off',
  requestsPer10sMax: 0,
  errorsPerSecondMax: 0,
  rejectRefID: 'send',
  lateTrades: false,
};
