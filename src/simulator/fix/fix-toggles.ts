/** What the trading gateway does one way and may do another (venue reference, FIX 11). */
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
}

export const DEFAULT_FIX_TOGGLES: FixToggles = {
  realAvgPx: false,
  secondLogon: 'evict-old',
  refusedLogon: 'logout',
  cancelOnLogout: false,
  queueReports: true,
  amend: 'off',
};
