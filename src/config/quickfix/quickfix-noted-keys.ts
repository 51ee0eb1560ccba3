export const OWN_STORE = 'sequence numbers and messages are in the journal';
const OWN_DICTIONARY = 'the dictionaries are built in';
const KEY_STORES =
  'Java key stores are not read: name PEM files in tls.certFile, tls.keyFile and tls.caFile';
export const ALWAYS = 'is always so';

/** Keys that QuickFIX needs and we do not, with the reason. */
export const NOTED: Readonly<Record<string, readonly string[]>> = {
  [OWN_STORE]: [
    'FileStorePath',
    'FileStoreSync',
    'FileStoreMaxCachedMsgs',
    'RefreshOnLogon',
    'ForceResendWhenCorruptedStore',
  ],
  [OWN_DICTIONARY]: [
    'DataDictionary',
    'AppDataDictionary',
    'TransportDataDictionary',
    'UseDataDictionary',
    'DefaultApplVerID',
  ],
  [KEY_STORES]: [
    'SocketKeyStore',
    'SocketKeyStorePassword',
    'SocketTrustStore',
    'SocketTrustStorePassword',
    'KeyStoreType',
    'TrustStoreType',
  ],
  'the FIX log is configured by fixLog': [
    'FileLogPath',
    'FileLogHeartbeats',
    'FileIncludeMilliseconds',
    'FileIncludeTimeStampForMessages',
    'FileLogBackupPath',
    'ScreenLogShowIncoming',
    'ScreenLogShowOutgoing',
    'ScreenLogShowEvents',
    'ScreenLogEvents',
    'ScreenIncludeMilliseconds',
    'SLF4JLogEventCategory',
    'SLF4JLogIncomingMessageCategory',
    'SLF4JLogOutgoingMessageCategory',
    'SLF4JLogHeartbeats',
  ],
  'timestamps have milliseconds': [
    'MillisecondsInTimeStamp',
    'TimeStampPrecision',
    'TimestampPrecision',
  ],
  [`the check ${ALWAYS}`]: [
    'ValidateFieldsOutOfOrder',
    'ValidateFieldsHaveValues',
    'ValidateUserDefinedFields',
    'ValidateUnorderedGroupFields',
    'ValidateIncomingMessage',
    'AllowUnknownMsgFields',
    'RequiresOrigSendingTime',
    'RejectGarbledMessage',
  ],
  'heartbeats follow FIX 4.4: TestRequest after 1.2 intervals, disconnect after 2.4': [
    'TestRequestDelayMultiplier',
    'HeartBeatTimeoutMultiplier',
    'DisableHeartBeatCheck',
  ],
  'one ResendRequest per gap, asked again after resend.reaskMs': [
    'SendRedundantResendRequests',
    'ClosedResendInterval',
  ],
  'TCP_NODELAY and SO_KEEPALIVE are set': [
    'SocketNodelay',
    'SocketTcpNoDelay',
    'SocketKeepAlive',
    'SocketReuseAddress',
  ],
  'the session layer decides': [
    'EnableNextExpectedMsgSeqNum',
    'EnableLastMsgSeqNumProcessed',
    'AllowPosDup',
    'ResetOnError',
    'DisconnectOnError',
    'SocketConnectProtocol',
    'SocketAcceptProtocol',
    'ContinueInitializationOnError',
    'LogMessageWhenSessionNotFound',
  ],
};
