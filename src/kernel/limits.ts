// Every bound in one place. Units are in the names. Tests stand at each limit and one past it.

export const limits = {
  wire: {
    frameBytes: 1024 * 1024,
    fragments: 64,
    bufferedChunks: 256,
    depth: 64,
    unprovenConnections: 256,
    refusalsAuditedPerMinute: 60,
    handshakeMs: 5_000,
    heartbeatMs: 15_000,
    heartbeatMissed: 2,
    outboxFrames: 1_000,
    backpressureBytes: 4 * 1024 * 1024,
    reconnectMinMs: 250,
    reconnectMaxMs: 30_000,
  },
  joinToken: { lifeMs: 15 * 60_000 },
  call: {
    deadlineMs: 60_000,
    // A tool that reads in stages ends with what it has when this share of its time is gone.
    hurryShare: 0.75,
    awsCallMs: 15_000,
    // A page of AWS is a few MiB at most; what is larger would only fill the node's memory.
    awsAnswerBytes: 32 * 1024 * 1024,
    awsCallsMax: 200,
    // What need not be on disk at once is stored with what comes next in its call, or by itself after this long.
    storeMs: 25,
    inFlight: 64,
    inputBytes: 64 * 1024,
    outputBytes: 256 * 1024,
    textChars: 12_000,
    cliChars: 16_384,
  },
  node: {
    callsPerMinutePerConversation: 120,
    callsPerMinute: 300,
    bytesPerHour: 20 * 1024 * 1024,
    changesPerHour: 5,
    logWindowMs: 24 * 3_600_000,
    pendingProposalsPerConversation: 5,
  },
  // What nothing waits for is in the journal after this long.
  journal: { laterMs: 25, tellMs: 5_000, recentHashes: 4_096 },
  evidence: { bytes: 256 * 1024 },
  proposal: { lifeMs: 15 * 60_000, bytes: 64 * 1024 },
  turn: { roundTripsMax: 12, callsMax: 40, messageChars: 8_000, answerChars: 32_000, modelMs: 120_000 },
  conversation: { events: 20_000, titleChars: 80 },
  // What mends itself does so soon; later looks would only fill the log and use up AWS's rate.
  watch: { lifeMs: 10 * 60_000, everyMs: 5_000, calmAfterMs: 2 * 60_000, calmEveryMs: 20_000 },
  store: { jobsPerTransaction: 1_024, busyMs: 2_000, retryMs: 1_000 },
  // Unsigned records: a hub that was killed leaves those since its last checkpoint, and those of the commit it was busy with.
  audit: {
    bodyBytes: 256 * 1024,
    checkpointRecords: 100,
    unsignedRecords: 150,
    checkpointMs: 60_000,
    queryWords: 16,
  },
  http: {
    bodyBytes: 256 * 1024,
    ssePerPerson: 20,
    pageMax: 200,
    connections: 1_024,
    connectionsCheckMs: 2_000,
  },
  session: { lifeMs: 30 * 24 * 3_600_000, signInLinkMs: 15 * 60_000 },
  json: { depth: 16, bytes: 64 * 1024 },
  snapshot: { bytes: 256 * 1024 * 1024 },
} as const;
